import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { success } from '#shared/result.ts'
import { MAX_FRAME_TO_SERVER, OLDEST_PROTOCOL, PROTOCOL } from '#shared/sync/protocol.ts'
import { type Connection, createConnection } from '../../../src-main/sync/connection.ts'
import { createDial } from '../../../src-main/sync/socket.ts'
import { systemClock, systemTimers } from '../../../src-main/ports/time.ts'
import { noMetrics } from '../../../src-server/ports/metrics.ts'
import { createSessions } from '../../../src-server/sync/sessions.ts'
import { serveSocket } from '../../../src-server/sync/socket.ts'
import { digest } from '../../support/sync/chain.ts'
import { createDevice, emptyDisk } from '../../support/sync/device.ts'
import { ACCOUNT, createSharedStore, type SharedStore } from '../../support/sync/server.ts'
import { silentLog } from '../../support/silent-log.ts'

const time = { clock: systemClock, timers: systemTimers, log: silentLog }
const speaks = { protocol: PROTOCOL, oldest: OLDEST_PROTOCOL }

let store: SharedStore
let server: WebSocketServer
let address: string
let sockets: WebSocket[]
let connections: Connection[]

beforeEach(async () => {
  store = createSharedStore((run) => setImmediate(run))
  sockets = []
  connections = []
  const sessions = createSessions({
    poolChanged: () => undefined,
    ...store,
    ...time,
    digest,
    rate: { take: () => 0 },
    speaks,
    metrics: noMetrics,
  })
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', maxPayload: MAX_FRAME_TO_SERVER })
  server.on('connection', (socket, request) => {
    sockets.push(socket)
    const deviceId = (request.headers.authorization ?? '').replace('Bearer ', '')
    const standing = store.standing(deviceId)
    const identity = { accountId: ACCOUNT, memberId: 'member', deviceId, role: 'member', standing }
    serveSocket(sessions, socket, identity as Parameters<typeof serveSocket>[2])
  })
  await new Promise((resolve) => server.once('listening', resolve))
  address = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(async () => {
  for (const connection of connections) connection.stop()
  for (const socket of sockets) socket.terminate()
  await new Promise((resolve) => server.close(resolve))
})

function connect(deviceId: string) {
  store.enrol(deviceId, deviceId)
  const device = createDevice(emptyDisk(deviceId, deviceId), 500)
  const connection = createConnection({
    ...device,
    ...time,
    digest,
    speaks,
    dial: createDial(address),
    session: () => Promise.resolve(success(deviceId)),
    sessionRefused: () => undefined,
    enrolAnew: () => Promise.resolve(success(null)),
    teamChanged: () => {},
    buyingChanged: () => {},
    appVersion: '1.0.0',
    chance: () => 0,
  })
  device.onChanged(connection.changed)
  connection.start()
  connections.push(connection)
  return { ...device, connection }
}

async function until(isSo: () => boolean): Promise<void> {
  for (let look = 0; !isSo(); look++) {
    if (look > 2_000) throw new Error('It never came to be')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

it('two machines sync over real WebSockets, and go on after their connections were cut', async () => {
  const anna = connect('anna')
  const ben = connect('ben')
  store.grant(1_000)
  await until(() => anna.available() > 0 && ben.available() > 0)
  anna.spend(7)
  anna.edit('account', 'Zürich — 東京')
  await until(() => ben.texts('account').length === 1 && anna.disk.acknowledged === 1)
  expect(ben.texts('account')).toEqual(['Zürich — 東京'])

  for (const socket of sockets) socket.terminate()
  for (let run = 0; run < 30; run++) anna.spend(1)
  await until(() => anna.disk.acknowledged === 31)
  expect(store.stream('anna').records).toHaveLength(31)
  await until(() => anna.connection.state().status.state === 'synced')
})

it('a frame larger than allowed ends its own connection and nobody else’s', async () => {
  const anna = connect('anna')
  await until(() => anna.connection.state().status.state === 'synced')
  store.enrol('eve', 'eve')
  const eve = new WebSocket(address, { headers: { authorization: 'Bearer eve' } })
  await new Promise((resolve) => eve.once('open', resolve))
  const closed = new Promise<number>((resolve) => eve.once('close', resolve))
  eve.send(new Uint8Array(MAX_FRAME_TO_SERVER + 1))
  expect(await closed).toBe(1009)
  store.grant(100)
  await until(() => anna.available() === 100)
})

it('who reads nothing is not sent more than a bounded amount', async () => {
  store.enrol('eve', 'eve')
  const eve = new WebSocket(address, { headers: { authorization: 'Bearer eve' } })
  await new Promise((resolve) => eve.once('open', resolve))
  const big = new Uint8Array(200_000)
  const identity = { accountId: ACCOUNT, deviceId: 'anna', memberId: 'm' }
  for (let item = 0; item < 200; item++) {
    const bytes = Uint8Array.from(big)
    bytes[0] = item
    const owner = { ...identity, role: 'member', standing: 'active' } as const
    await store.documents.put(owner, `shard:${Math.floor(item / 5)}`, [bytes])
  }
  eve.pause()
  const has = { entries: 0, lease: 0, records: { sequence: 0, hash: '' }, documents: '' }
  eve.send(JSON.stringify({ type: 'hello', ...speaks, app: '1', ...has }))
  eve.send(JSON.stringify({ type: 'have', documents: [], whole: true }))
  await until(() => (sockets[0]?.bufferedAmount ?? 0) > 1_000_000)
  await new Promise((resolve) => setTimeout(resolve, 300))
  expect(sockets[0]?.bufferedAmount).toBeLessThan(4_000_000)
  let bytes = 0
  eve.on('message', (data: Buffer) => (bytes += data.length))
  eve.resume()
  await until(() => bytes > 40_000_000)
})
