import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MAX_BODY_BYTES, OPEN_CALLS, teamCalls } from '#shared/team/api.ts'
import { createLog } from '../../../src-server/ports/logging.ts'
import { START } from '../../support/manual-time.ts'
import {
  aMachine,
  createTeam,
  joinWith,
  newKey,
  post,
  prove,
  codeOf,
} from '../../support/server-machines.ts'
import { startTestServer, type TestServer } from '../../support/server-world.ts'

const broughtBalance = {
  grant: {
    id: 'g',
    source: 'pack',
    amount: 1_000,
    effectiveAt: 0,
    expiresAt: null,
    priority: 1,
    label: 'Pack',
    catalogVersion: 'default-2',
  },
  available: 1_000,
  held: 0,
  spent: 0,
  expired: 0,
  elsewhere: 0,
}

const brought = {
  records: { sequence: 0, hash: '' },
  account: {
    account: { id: 'a', anchor: { startsAt: START, timeZone: 'UTC' } },
    plans: [{ planId: 'free', seats: 1, from: START }],
    cycle: 0,
    allowed: 0,
    overrideMoments: 0,
    subscriptions: [],
    overrides: [],
    redeemed: [],
    caps: [],
    rooms: [],
    closed: [],
  },
  grants: [broughtBalance],
}

const metricOf = (call: string, code: string) =>
  `tallystick_requests_total{call="${call}",code="${code}"}`

describe('the HTTP door', () => {
  let server: TestServer
  const log: string[] = []
  beforeEach(async () => {
    log.length = 0
    server = await startTestServer(':memory:', {
      log: createLog({ write: (line) => log.push(line) }),
    })
  })
  afterEach(() => server.close())

  const changes = async () => {
    const [row] = await server.database.query<{ rows: number }>(
      `SELECT (SELECT COUNT(*) FROM account) + (SELECT COUNT(*) FROM device)
         + (SELECT COUNT(*) FROM used_challenge) AS rows`,
    )
    return row!.rows
  }

  describe('refuses, changing nothing and counting it,', () => {
    const wellFormed = async () => ({
      enrolmentId: randomUUID(),
      proof: await prove(server.address, 'team.create', newKey()),
      teamName: 'Engines',
      memberName: 'Ada',
      machine: aMachine,
      handover: null,
    })

    const isInvalid = async (body: unknown, code = 'invalid_input', status = 400) => {
      const counted = await server.metric(metricOf('team.create', code))
      const answer = await post(server.address, 'team.create', body)
      expect([answer.status, codeOf(answer)]).toEqual([status, code])
      expect(await server.metric(metricOf('team.create', code))).toBe(counted + 1)
      expect(await changes()).toBe(0)
    }

    it('what is no JSON, or no object', async () => {
      for (const body of ['', '{', 'null', '[]', '7', '"x"', '\u0000', '{"__proto__":{"a":1}}']) {
        await isInvalid(body)
      }
    })

    it('what lacks a field, has one more, or one of another kind', async () => {
      const good = await wellFormed()
      const { teamName: _, ...less } = good
      const bad = [
        less,
        { ...good, role: 'owner' },
        { ...good, memberId: 'mine' },
        { ...good, teamName: '' },
        { ...good, teamName: 'x'.repeat(61) },
        { ...good, teamName: 7 },
        { ...good, enrolmentId: 'one' },
        { ...good, machine: { ...aMachine, standing: 'active' } },
        { ...good, proof: { ...good.proof, signature: 'short' } },
        { ...good, proof: { ...good.proof, publicKey: { toString: 'x' } } },
      ]
      for (const body of bad) await isInvalid(body)
    })

    it('a handover whose amounts are negative, no integers, or beyond all bounds', async () => {
      const good = await wellFormed()
      const { records, account } = brought
      const { grant } = broughtBalance
      const bring = (more: object) => ({
        ...good,
        handover: { records, account, grants: [{ ...broughtBalance, ...more }] },
      })
      const bad = [
        bring({ available: -1 }),
        bring({ available: 0.5 }),
        bring({ available: 1e300 }),
        bring({ elsewhere: -5 }),
        bring({ grant: { ...grant, amount: -1_000 } }),
        bring({ grant: { ...grant, effectiveAt: -1 } }),
        bring({ grant: { ...grant, source: 'thin-air' } }),
        { ...good, handover: { records: { sequence: 3, hash: '' }, account, grants: [] } },
        { ...good, handover: { records, account: { ...account, allowed: -5 }, grants: [] } },
      ]
      for (const body of bad) await isInvalid(body)
    })

    it('a handover that does not add up', async () => {
      const grants = [{ ...broughtBalance, available: 1_001 }]
      const body = { ...(await wellFormed()), handover: { ...brought, grants } }
      const answer = await post(server.address, 'team.create', body)
      expect([answer.status, codeOf(answer)]).toEqual([409, 'grants_not_valid'])
      expect(await server.metric(metricOf('team.create', 'grants_not_valid'))).toBe(1)
      const [row] = await server.database.query<{ count: number }>(
        'SELECT COUNT(*) AS count FROM account',
      )
      expect(row!.count).toBe(0)
    })

    it('a body that is too large, by what it says and by what it sends', async () => {
      const large = JSON.stringify({ publicKey: 'x'.repeat(MAX_BODY_BYTES) })
      const answer = await post(server.address, 'challenge', large)
      expect([answer.status, codeOf(answer)]).toEqual([413, 'too_large'])
      expect(await server.metric(metricOf('challenge', 'too_large'))).toBe(1)
      await isInvalid('x'.repeat(5_000_000), 'too_large', 413)
    })

    it('another content type, another method, a call that there is not', async () => {
      const form = await fetch(`${server.address}/v1/challenge`, {
        method: 'POST',
        headers: { 'content-type': 'text/plain' },
        body: '{}',
      })
      expect([form.status, codeOf({ result: await form.json() })]).toEqual([400, 'invalid_input'])
      const get = await fetch(`${server.address}/v1/team.read`)
      expect([get.status, codeOf({ result: await get.json() })]).toEqual([404, 'unknown_call'])
      for (const name of ['nothing', 'constructor', '__proto__', '../healthz']) {
        const answer = await post(server.address, name, {})
        expect([answer.status, codeOf(answer)]).toEqual([404, 'unknown_call'])
      }
      expect(await server.metric(metricOf('unknown', 'unknown_call'))).toBe(4)
    })

    it('every call that needs a session, without one', async () => {
      const names = Object.keys(teamCalls).filter(
        (name) => !(OPEN_CALLS as readonly string[]).includes(name),
      )
      for (const name of names) {
        const answer = await post(server.address, name, {})
        expect([name, answer.status, codeOf(answer)]).toEqual([name, 401, 'session_invalid'])
      }
    })
  })

  it('tells nothing of a mistake of ours but where the log has it', async () => {
    const ada = await createTeam(server.address)
    await server.database.query('ALTER TABLE invite RENAME TO lost')
    const answer = await ada.call('team.read', {})
    expect([answer.status, codeOf(answer)]).toEqual([500, 'internal_error'])
    const { reference } = (answer.result as never as { error: { details: { reference: string } } })
      .error.details
    expect(JSON.stringify(answer.result)).not.toContain('invite')
    expect(log.join('')).toContain(reference)
    await server.database.query('ALTER TABLE lost RENAME TO invite')
  })

  it('logs calls without tokens, codes, keys, signatures or challenges', async () => {
    const ada = await createTeam(server.address)
    const made = await ada.must('invite.create', {
      inviteId: randomUUID(),
      for: { kind: 'person', role: 'member' },
      days: 1,
      maximumUses: 1,
    })
    await joinWith(server.address, made.code)
    const proof = await prove(server.address, 'session.open', ada)
    const { accountId, deviceId } = ada.enrolment.issuer
    await post(server.address, 'session.open', { accountId, deviceId, proof, appVersion: '1' })
    await post(server.address, 'team.read', {}, 'session_rubbish')
    const text = log.join('')
    expect(text).toContain('"call":"team.join"')
    expect(text).toContain(deviceId)
    const secrets = [
      ada.enrolment.session.token,
      ada.enrolment.session.token.split('.')[1]!,
      made.code,
      ada.publicKey,
      proof.signature,
      proof.challenge,
      'session_rubbish',
    ]
    expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
  })

  it('says that it is well, and not when its store is gone', async () => {
    const well = await fetch(`${server.address}/healthz`)
    expect([well.status, await well.json()]).toEqual([200, { ok: true }])
    await server.database.close()
    expect((await fetch(`${server.address}/healthz`)).status).toBe(503)
  })

  it('shows what an invite’s link is for, with a page that loads and runs nothing', async () => {
    const page = await fetch(`${server.address}/join`)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    const text = await page.text()
    expect(text).toContain('invited')
    expect(text).not.toMatch(/<script|src=|https?:/)
  })
})
