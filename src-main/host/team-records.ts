/** What this machine tells its team and hears of others, over its own ledger. */

import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { addCredits, type Credits, ZERO } from '#shared/credits/amount.ts'
import type { Issuer } from '#shared/journal/lease-facts.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { movesOf } from '#shared/records/moves.ts'
import type { recordBody } from '#shared/records/of-journal.ts'
import { positionsText } from '#shared/sync/positions.ts'
import { OLDEST_PROTOCOL, PROTOCOL, SYNC_PATH } from '#shared/sync/protocol.ts'
import { closing } from '../sync/closing.ts'
import { sha256 } from '../ports/sha256.ts'
import type { OpenLedger } from '../ledger/open.ts'
import { type Connection, createConnection } from '../sync/connection.ts'
import { openRecordLog, type RecordLog } from '../sync/records/record-log.ts'
import { loadAutomerge } from '../sync/records/replica/account-document.ts'
import { createReplica, type Replica } from '../sync/records/replica/replica.ts'
import { createSyncStores } from '../sync/records/stores.ts'
import type { Dial, SyncPorts } from '../sync/ports.ts'
import { createDial } from '../sync/socket.ts'
import { noTeam } from '../sync/team-place.ts'
import type { LinkPorts, TeamRecords, TeamRecordsKeeper } from '../sync/team-ports.ts'
import type { HostParts } from './parts.ts'
import { followTeamLabels } from './team-labels.ts'

type RecordsParts = Pick<
  HostParts,
  | 'account'
  | 'clock'
  | 'events'
  | 'ids'
  | 'ledgerDirectory'
  | 'log'
  | 'random'
  | 'timers'
  | 'version'
>

/** How servers are reached, and what is spoken; another way only where teams are simulated. */
export interface TeamWire extends Pick<SyncPorts, 'speaks'> {
  /** How an entry of the ledger is told. */
  readonly bodyOf?: typeof recordBody
  /** `address`: `wss://team.example/v1/sync`. */
  dialAt(address: string): Dial
}

const overSockets: TeamWire = {
  dialAt: createDial,
  speaks: { protocol: PROTOCOL, oldest: OLDEST_PROTOCOL },
}

export function keepTeamRecords(
  parts: RecordsParts,
  ledger: OpenLedger,
  wire = overSockets,
): TeamRecordsKeeper {
  let opening: Promise<Result<OpenRecords>> | null = null
  let isClosed = false

  async function open(): Promise<Result<OpenRecords>> {
    const deviceId = () => ledger.issuer()?.deviceId ?? parts.account.deviceId
    const directory = parts.ledgerDirectory
    try {
      const { labelled } = ledger
      const { bodyOf } = wire
      const told = bodyOf ? { bodyOf } : {}
      const log = await openRecordLog({ ledger, labelled, directory, deviceId, ...told })
      return success(openRecords(parts, ledger, log, wire))
    } catch (error) {
      parts.log.error('What this machine tells its team could not be read', { error })
      // The next to ask tries again.
      opening = null
      return failure('team_unavailable', 'What this machine did could not be read. Try again.')
    }
  }

  return {
    open: () => (isClosed ? Promise.resolve(closing()) : (opening ??= open())),
    async close() {
      isClosed = true
      const opened = await opening
      if (opened?.ok) opened.data.close()
    },
  }
}

interface OpenRecords extends TeamRecords {
  close(): void
}

function openRecords(
  parts: RecordsParts,
  ledger: OpenLedger,
  log: RecordLog,
  { dialAt, speaks }: TeamWire,
): OpenRecords {
  const place = join(parts.ledgerDirectory, 'team')
  let end: (() => void) | null = null
  let spent: SpentSince | null = null
  let acknowledged: (() => number) | null = null
  let heard: Replica | null = null

  function disconnect(): void {
    end?.()
    end = null
    acknowledged = null
    heard = null
  }

  function connect({ key, issuer, address, namesChanged, ...ports }: LinkPorts): Connection {
    disconnect()
    const replica = createReplica({
      directory: placeOf(place, issuer),
      automerge: loadAutomerge,
      ids: parts.ids,
    })
    const stores = createSyncStores({
      log,
      replica,
      accountId: issuer.accountId,
      deviceId: issuer.deviceId,
      sign: key.sign,
    })
    const connection = createConnection({
      ...ports,
      ...stores,
      digest: (positions) => sha256(positionsText(positions)),
      dial: dialAt(syncAddress(address)),
      appVersion: parts.version,
      speaks,
      clock: parts.clock,
      timers: parts.timers,
      chance: parts.random,
      log: parts.log,
    })
    const stops = [
      log.onAdded(connection.changed),
      followTeamLabels({ ledger, replica, events: parts.events, log: parts.log }),
      replica.onNames(() => {
        connection.changed()
        namesChanged()
      }),
      connection.onChanged(() => {
        if (connection.state().status.state === 'synced') void seekLabels(replica, connection)
      }),
    ]
    acknowledged = stores.records.acknowledged
    heard = replica
    end = () => {
      for (const stop of stops) stop()
      connection.stop()
      replica.close()
    }
    return connection
  }

  return {
    head: log.head,
    since: log.since,
    connect,
    isAllTold: () => acknowledged !== null && acknowledged() >= log.head().sequence,
    untold() {
      if (!acknowledged) return []
      spent = spentSince(log, acknowledged(), spent)
      return [...spent.byGrant].map(([grantId, amount]) => ({ grantId, amount }))
    },
    othersUsed: async (fromDay) => (await heard?.machineTotals(fromDay)) ?? [],
    othersRuns: async (from) => (await heard?.runsSince(from)) ?? [],
    names: () => heard?.names() ?? new Map<string, string>(),
    rename: async (key, value) => (await heard?.rename(key, value)) ?? noTeam(),
    forget() {
      disconnect()
      rmSync(place, { recursive: true, force: true })
    },
    close() {
      disconnect()
      log.close()
    },
  }
}

/** Asks for sealed history that may hold labels; nothing while all of it is read. */
async function seekLabels(replica: Replica, connection: Connection): Promise<void> {
  if (await replica.seekLabels()) connection.changed()
}

/** Charges in records after one. */
interface SpentSince {
  readonly after: number
  readonly to: number
  readonly byGrant: ReadonlyMap<string, Credits>
}

const AT_ONCE = 500

/** Goes on from `known` where that begins at the same record. */
function spentSince(log: RecordLog, after: number, known: SpentSince | null): SpentSince {
  const goesOn = known?.after === after && known.to <= log.head().sequence
  const byGrant = new Map(goesOn ? known.byGrant : [])
  let to = goesOn ? known.to : after
  for (;;) {
    const records = log.recordsAfter(to, AT_ONCE)
    if (records.length === 0) return { after, to, byGrant }
    const draws = records.flatMap(({ body }) => movesOf(body).spent)
    for (const { grantId, amount } of draws) {
      byGrant.set(grantId, addCredits(byGrant.get(grantId) ?? ZERO, amount))
    }
    to += records.length
  }
}

/** A folder for what one membership brings; what is left of others is of no use. */
function placeOf(place: string, { accountId, deviceId }: Issuer): string {
  const text = JSON.stringify([accountId, deviceId])
  const name = sha256(text).slice(0, 32)
  const directory = join(place, name)
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  for (const other of readdirSync(place)) {
    if (other !== name) rmSync(join(place, other), { recursive: true, force: true })
  }
  return directory
}

/** Where a server at `address` takes connections. */
function syncAddress(address: string): string {
  const url = new URL(SYNC_PATH, address)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return url.href
}
