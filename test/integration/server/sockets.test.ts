import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { Identity } from '../../../src-server/teams/identity.ts'
import {
  addMachine,
  createTeam,
  newKey,
  openSession,
  type TestMachine,
} from '../../support/server-machines.ts'
import { startTestServer, type TestServer } from '../../support/server-world.ts'
import { createManualTime, type ManualTime } from '../../support/manual-time.ts'
import { onEachEngine } from '../../support/stores.ts'

interface Connected {
  readonly socket: WebSocket
  /** How it ended. */
  readonly closed: Promise<number>
}

/** Resolves once connected; rejects with the HTTP status that it was refused with. */
async function connect(address: string, headers: Record<string, string>, path = '/v1/sync') {
  const socket = new WebSocket(`${address.replace('http', 'ws')}${path}`, { headers })
  const closed = new Promise<number>((resolve) => socket.once('close', resolve))
  return new Promise<Connected>((resolve, reject) => {
    socket.once('open', () => resolve({ socket, closed }))
    socket.once('unexpected-response', (_request, response) => {
      response.resume()
      socket.on('error', () => {})
      socket.terminate()
      reject(new Error(String(response.statusCode)))
    })
  })
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

onEachEngine((place) => {
  let time: ManualTime
  let server: TestServer
  let other: TestServer
  let ada: TestMachine
  const greeted: Identity[] = []

  beforeEach(async () => {
    time = createManualTime()
    greeted.length = 0
    const onConnection = (socket: WebSocket, identity: Identity) => {
      greeted.push(identity)
      socket.on('message', (data) => socket.send(data))
    }
    const url = await place.fresh()
    server = await startTestServer(url, { time, onConnection })
    other = await startTestServer(url, { time, onConnection })
    ada = await createTeam(server.address)
  })
  afterEach(async () => {
    await Promise.all([server.close(), other.close()])
  })

  const tokenOf = ({ enrolment }: TestMachine) => enrolment.session.token
  const isConnected = async (machine: TestMachine) => {
    const { devices } = await ada.must('team.read', {})
    return devices.find(({ id }) => id === machine.enrolment.issuer.deviceId)?.connected
  }

  describe('a connection', () => {
    it('is let in with a session, as whom the server says it is', async () => {
      const { socket } = await connect(server.address, bearer(tokenOf(ada)))
      const { accountId, memberId, deviceId } = ada.enrolment.issuer
      const identity = { accountId, memberId, deviceId, role: 'owner', standing: 'active' }
      expect(greeted).toEqual([identity])
      const echo = new Promise((resolve) =>
        socket.once('message', (data: Buffer) => resolve(data.toString())),
      )
      socket.send('hello')
      expect(await echo).toBe('hello')
      await expect.poll(() => isConnected(ada)).toBe(true)
      expect(await server.metric('tallystick_connected_devices')).toBe(1)
      socket.close()
      await expect.poll(() => isConnected(ada)).toBe(false)
      expect(await server.metric('tallystick_connected_devices')).toBe(0)
    })

    it('is refused without a session, with a token in the address, or anywhere else', async () => {
      const token = tokenOf(ada)
      const made = `session_${ada.enrolment.issuer.accountId}.${newKey().publicKey}`
      await expect(connect(server.address, {})).rejects.toThrow('401')
      await expect(connect(server.address, bearer(made))).rejects.toThrow('401')
      await expect(connect(server.address, {}, `/v1/sync?token=${token}`)).rejects.toThrow('401')
      await expect(connect(server.address, bearer(token), '/v1/other')).rejects.toThrow('404')
      const refused = 'tallystick_sockets_refused_total{code="session_invalid"}'
      expect(await server.metric(refused)).toBe(3)
      expect(greeted).toEqual([])
    })

    it('ends when its machine is revoked, at whichever server; others’ go on', async () => {
      const second = await addMachine(server.address, ada)
      const [one, two] = [
        await connect(other.address, bearer(tokenOf(second))),
        await connect(other.address, bearer(tokenOf(ada))),
      ]
      await ada.must('device.revoke', { deviceId: second.enrolment.issuer.deviceId })
      expect(await one.closed).toBe(4401)
      await expect(connect(server.address, bearer(tokenOf(second)))).rejects.toThrow('401')
      expect(two.socket.readyState).toBe(WebSocket.OPEN)
    })

    it('of a closed machine tells the sync that it is, and is let be', async () => {
      const second = await addMachine(server.address, ada)
      await ada.must('device.lost', { deviceId: second.enrolment.issuer.deviceId })
      const { result } = await openSession(server.address, second)
      const token = result.ok ? result.data.token : ''
      const { socket } = await connect(server.address, bearer(token))
      expect(greeted.at(-1)).toMatchObject({ standing: 'lost' })
      await ada.must('invite.create', {
        inviteId: randomUUID(),
        for: { kind: 'machine' },
        days: 1,
        maximumUses: 1,
      })
      expect(socket.readyState).toBe(WebSocket.OPEN)
      expect(await isConnected(second)).toBe(false)
    })

    it('ends by itself with a message beyond all bounds; others’ go on', async () => {
      const second = await addMachine(server.address, ada)
      const one = await connect(server.address, bearer(tokenOf(second)))
      const two = await connect(server.address, bearer(tokenOf(ada)))
      one.socket.send(new Uint8Array(1_000_001))
      expect(await one.closed).toBe(1009)
      const echo = new Promise((resolve) => two.socket.once('message', () => resolve(true)))
      two.socket.send('still here')
      expect(await echo).toBe(true)
    })

    it('that is dead is noticed', async () => {
      const { socket, closed } = await connect(server.address, bearer(tokenOf(ada)))
      socket.pause()
      await time.advance(30_000)
      await time.advance(30_000)
      socket.resume()
      expect(await closed).toBe(1006)
    })

    it('is asked to go elsewhere when its server closes', async () => {
      const { closed } = await connect(server.address, bearer(tokenOf(ada)))
      await server.close()
      expect(await closed).toBe(1001)
      const { socket } = await connect(other.address, bearer(tokenOf(ada)))
      expect(socket.readyState).toBe(WebSocket.OPEN)
      server = await startTestServer(place.url, { time })
    })

    it('is one of four at most of the same machine: the oldest goes', async () => {
      const all = []
      for (let at = 0; at < 5; at += 1)
        all.push(await connect(server.address, bearer(tokenOf(ada))))
      expect(await all[0]!.closed).toBe(1006)
      expect(all.slice(1).map(({ socket }) => socket.readyState)).toEqual([1, 1, 1, 1])
    })
  })
})
