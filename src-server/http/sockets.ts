/**
 * The WebSocket door: lets in machines with a session, notices those that went silent, and shuts
 * out those that are closed, on whichever process that was decided.
 */

import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Log } from '#shared/ports/log.ts'
import type { Timers } from '#shared/ports/time.ts'
import { failure, type Result } from '#shared/result.ts'
import { SYNC_PATH } from '#shared/sync/protocol.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Database } from '../store/database.ts'
import type { Identity } from '../teams/identity.ts'
import { DEVICES_CLOSED, readClosed } from '../teams/news.ts'
import { type Presence, PRESENCE_MS } from '../teams/presence.ts'
import type { Sessions } from '../teams/sessions.ts'
import { internalError, statusOf, tooManyRequests } from './calls.ts'
import { bearerToken } from './headers.ts'
import { addressGroup, type RateLimit } from './rate-limit.ts'

/** What becomes of a connection that was let in. */
export type OnConnection = (socket: WebSocket, identity: Identity) => void

export interface SocketDeps {
  readonly database: Pick<Database, 'subscribe'>
  readonly sessions: Pick<Sessions, 'identify'>
  readonly presence: Presence
  readonly onConnection: OnConnection
  readonly addresses: RateLimit
  readonly devices: RateLimit
  readonly timers: Timers
  readonly log: Log
  readonly metrics: Metrics
  /** A longer message ends its connection. */
  readonly maximumMessageBytes: number
}

export interface Sockets {
  /** Answers one request to become a WebSocket. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Asks all to disconnect and waits until they have, or `graceMs` have passed. */
  close(graceMs: number): Promise<void>
}

/** Close codes of connections the server ends (docs/sync.md). */
const CLOSE = { goingAway: 1001, deviceClosed: 4401 } as const

const BEAT_MS = PRESENCE_MS / 3
/** A machine may connect again before its first connection is known to be dead. */
const MOST_PER_DEVICE = 4

interface Open {
  readonly socket: WebSocket
  readonly identity: Identity
  alive: boolean
}

export function createSockets(deps: SocketDeps): Sockets {
  const { presence, log, timers } = deps
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: deps.maximumMessageBytes,
    perMessageDeflate: false,
  })
  const open = new Set<Open>()
  const refused = deps.metrics.counter('sockets_refused_total', 'Connections not let in', ['code'])
  const accepted = deps.metrics.counter('sockets_accepted_total', 'Connections let in')
  deps.metrics.gauge('connected_devices', 'Machines connected to this process', () => {
    return new Set([...open].map(({ identity }) => identity.deviceId)).size
  })
  let closing = false
  let cancelBeat = timers.after(BEAT_MS, beat)
  const unsubscribe = deps.database.subscribe(DEVICES_CLOSED, (payload) => {
    if (payload === null) quietly('Closed machines could not be looked for', shutOutClosed(open))
    else shutOut([readClosed(payload)])
  })

  async function admit(request: IncomingMessage): Promise<Result<Identity>> {
    if (closing) return failure('server_closing', 'The server is closing. Try again in a moment.')
    const wait = deps.addresses.take(addressGroup(request.socket.remoteAddress ?? ''))
    if (wait > 0) return tooManyRequests(wait)
    if (request.url?.split('?')[0] !== SYNC_PATH) {
      return failure('unknown_call', 'There is nothing here.')
    }
    const found = await deps.sessions.identify(bearerToken(request.headers) ?? '')
    if (!found.ok) return found
    const { deviceId } = found.data
    const tooSoon = deps.devices.take(deviceId)
    if (tooSoon > 0) return tooManyRequests(tooSoon)
    const same = [...open].filter(({ identity }) => identity.deviceId === deviceId)
    if (same.length >= MOST_PER_DEVICE) same[0]?.socket.terminate()
    return found
  }

  function letIn(socket: WebSocket, identity: Identity): void {
    const one: Open = { socket, identity, alive: true }
    open.add(one)
    accepted.add()
    socket.on('pong', () => {
      one.alive = true
    })
    socket.on('error', (error) => {
      log.warn('A connection failed', { device: identity.deviceId, error })
    })
    socket.on('close', () => {
      open.delete(one)
      noteGone(identity)
    })
    quietly('Presence could not be noted', presence.connected([identity]))
    // It may have been closed between its session being looked at and now.
    quietly('Closed machines could not be looked for', shutOutClosed([one]))
    deps.onConnection(socket, identity)
  }

  /** Presence only serves the page of machines, so failures are just logged. */
  function quietly(message: string, work: Promise<unknown>): void {
    work.catch((error: unknown) => {
      if (!closing) log.warn(message, { error })
    })
  }

  function noteGone(identity: Identity): void {
    const isElsewhere = [...open].some((one) => one.identity.deviceId === identity.deviceId)
    if (!isElsewhere) quietly('Presence could not be noted', presence.disconnected(identity))
  }

  /** Shuts out machines that were active when let in and no longer are. */
  async function shutOutClosed(some: Iterable<Open>): Promise<void> {
    const active = [...some].filter(isActive).map(({ identity }) => identity)
    shutOut(await presence.closed(active))
  }

  function shutOut(closed: readonly { readonly deviceId: string }[]): void {
    for (const { deviceId } of closed) {
      for (const one of open) {
        const isIt = one.identity.deviceId === deviceId && isActive(one)
        if (isIt) one.socket.close(CLOSE.deviceClosed, 'device_closed')
      }
    }
  }

  function beat(): void {
    for (const one of open) {
      if (one.alive) one.socket.ping()
      else one.socket.terminate()
      one.alive = false
    }
    const all = [...open].map(({ identity }) => identity)
    quietly('Presence could not be noted', presence.connected(all))
    cancelBeat = timers.after(BEAT_MS, beat)
  }

  async function answer(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const admitted = await admit(request)
    if (socket.destroyed) return
    if (!admitted.ok) {
      refused.add(1, { code: admitted.error.code })
      refuse(socket, admitted)
      return
    }
    server.handleUpgrade(request, socket, head, (accepted) => letIn(accepted, admitted.data))
  }

  return {
    upgrade(request, socket, head) {
      const ignore = () => {}
      socket.on('error', ignore)
      answer(request, socket, head)
        .catch((error: unknown) => refuse(socket, internalError(log, 'sync', error)))
        .finally(() => socket.off('error', ignore))
    },
    async close(graceMs) {
      closing = true
      unsubscribe()
      cancelBeat()
      const gone = Promise.all(
        [...open].map(({ socket }) => new Promise((done) => socket.once('close', done))),
      )
      for (const { socket } of open) socket.close(CLOSE.goingAway, 'server_closing')
      const cancel = timers.after(graceMs, () => {
        for (const { socket } of open) socket.terminate()
      })
      await gone
      cancel()
      server.close()
    },
  }
}

const isActive = ({ identity }: Open) => identity.standing === 'active'

/** Refuses an upgrade with an HTTP answer. */
function refuse(socket: Duplex, result: Result<never>): void {
  if (result.ok || socket.destroyed) return
  const body = JSON.stringify(result)
  const retry = result.error.details?.['retryAfterMs']
  const lines = [
    `HTTP/1.1 ${statusOf(result.error)} Refused`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
    ...(typeof retry === 'number' ? [`retry-after: ${Math.ceil(retry / 1_000)}`] : []),
    'connection: close',
    '',
    body,
  ]
  socket.end(lines.join('\r\n'))
}
