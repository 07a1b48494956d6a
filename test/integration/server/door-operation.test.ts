import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { describe, expect, it } from 'vitest'
import { createTeam, newKey, openSession, codeOf } from '../../support/server-machines.ts'
import { startTestServer } from '../../support/server-world.ts'

const metricOf = (call: string, code: string) =>
  `tallystick_requests_total{call="${call}",code="${code}"}`

describe('metrics', () => {
  it('are for this machine, not through a proxy, or for whoever has the token', async () => {
    const token = 'a-token-for-the-collector'
    const server = await startTestServer(':memory:', { settings: { metricsToken: token } })
    const ask = async (headers: Record<string, string>) =>
      (await fetch(`${server.address}/metrics`, { headers })).status
    expect(await ask({})).toBe(200)
    expect(await ask({ 'x-forwarded-for': '203.0.113.7' })).toBe(403)
    const through = { 'x-forwarded-for': '203.0.113.7' }
    expect(await ask({ ...through, authorization: `Bearer ${token}` })).toBe(200)
    expect(await ask({ ...through, authorization: 'Bearer wrong' })).toBe(403)
    await server.close()
  })
})

describe('rate limits', () => {
  it('hold up one address, and nobody else', async () => {
    const server = await startTestServer(':memory:', {
      settings: { trustedProxies: ['127.0.0.1'], perAddress: { burst: 12, perSecond: 1 } },
    })
    const ask = async (address: string) => {
      const response = await fetch(`${server.address}/v1/challenge`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
        body: JSON.stringify({ publicKey: newKey().publicKey }),
      })
      return [response.status, response.headers.get('retry-after')]
    }
    expect(await ask('203.0.113.7')).toEqual([200, null])
    expect(await ask('203.0.113.7')).toEqual([200, null])
    expect(await ask('203.0.113.7')).toEqual([429, '3'])
    expect(await ask('203.0.113.8')).toEqual([200, null])
    await server.time.advance(3_000)
    expect(await ask('203.0.113.7')).toEqual([200, null])
    expect(await server.metric(metricOf('challenge', 'too_many_requests'))).toBe(1)
    await server.close()
  })

  it('hold up one machine, and nobody else', async () => {
    const server = await startTestServer(':memory:', {
      settings: { perDevice: { burst: 3, perSecond: 1 } },
    })
    const [ada, bob] = [await createTeam(server.address), await createTeam(server.address)]
    const answers = []
    for (let at = 0; at < 4; at += 1) answers.push(await ada.call('team.read', {}))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429])
    expect(codeOf(answers[3]!)).toBe('too_many_requests')
    expect((await bob.call('team.read', {})).status).toBe(200)
    await server.close()
  })
})

describe('closing', () => {
  it('finishes the request that it is in, and takes no more', async () => {
    const server = await startTestServer(':memory:')
    const ada = await createTeam(server.address)
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    // The store is busy: the call waits for it, half done.
    const busy = server.database.transaction(() => held)
    const inviteId = randomUUID()
    const invitation = { for: { kind: 'machine' }, days: 1, maximumUses: 1 } as const
    const asked = ada.call('invite.create', { inviteId, ...invitation })
    await expect.poll(() => server.metric('tallystick_requests_open')).toBe(1)
    const closed = server.close()
    await expect(fetch(`${server.address}/healthz`)).rejects.toThrow()
    release()
    await busy
    const answer = await asked
    expect(answer).toMatchObject({
      status: 200,
      result: { data: { invite: { id: inviteId } } },
    })
    await closed
  })

  it('does not wait for connections that say nothing', async () => {
    const server = await startTestServer(':memory:')
    const { port, hostname } = new URL(server.address)
    const silent = connect(Number(port), hostname)
    await new Promise((resolve) => silent.once('connect', resolve))
    const gone = new Promise((resolve) => silent.once('close', resolve))
    await server.close()
    await gone
  })

  it('is followed by a server that knows everything', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'tallystick-restart-'))
    const file = path.join(directory, 'store.sqlite')
    const first = await startTestServer(file)
    const ada = await createTeam(first.address)
    await first.close()
    const second = await startTestServer(file)
    expect((await ada.call('team.read', {}, second.address)).status).toBe(200)
    expect((await openSession(second.address, ada)).status).toBe(200)
    await second.close()
    rmSync(directory, { recursive: true })
  })
})
