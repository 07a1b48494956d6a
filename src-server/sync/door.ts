/** Sync as the server's WebSocket door opens it. */

import type { WebSocket } from 'ws'
import { OLDEST_PROTOCOL, PROTOCOL } from '#shared/sync/protocol.ts'
import { positionsText } from '#shared/sync/positions.ts'
import { sha256 } from '../ports/sha256.ts'
import type { Authority } from '../authority/authority.ts'
import type { Identity } from '../teams/identity.ts'
import { createSyncAuthority } from './authority.ts'
import type { SessionPorts, SyncTeams } from './ports.ts'
import { createSessions } from './sessions.ts'
import { serveSocket } from './socket.ts'
import { createSyncTeams } from './teams.ts'

export interface SyncDoorDeps extends Pick<
  SessionPorts,
  | 'database'
  | 'earnings'
  | 'records'
  | 'documents'
  | 'rate'
  | 'clock'
  | 'timers'
  | 'log'
  | 'metrics'
> {
  readonly authority: Authority
  readonly poolChanged: SessionPorts['poolChanged']
  readonly ticketForCopy: SyncTeams['ticketForCopy']
}

export interface SyncDoor {
  /** Takes over a connection whose session was checked. */
  readonly onConnection: (socket: WebSocket, identity: Identity) => void
  /** Sends devices away, to another process or to come back. */
  close(): void
}

/** What a device may send at once, and lastingly, in bytes. */
export const SYNC_RATE = { burst: 16_777_216, perSecond: 1_048_576 } as const

export function createSyncDoor(deps: SyncDoorDeps): SyncDoor {
  const { database, earnings, records, documents, rate, clock, timers, log, metrics } = deps
  const sessions = createSessions({
    database,
    earnings,
    records,
    documents,
    rate,
    clock,
    timers,
    log,
    metrics,
    authority: createSyncAuthority(database, deps.authority),
    teams: createSyncTeams(database, deps.ticketForCopy),
    poolChanged: deps.poolChanged,
    digest: (positions) => sha256(positionsText(positions)),
    speaks: { protocol: PROTOCOL, oldest: OLDEST_PROTOCOL },
  })
  return {
    onConnection: (socket, identity) => serveSocket(sessions, socket, identity),
    close: sessions.close,
  }
}
