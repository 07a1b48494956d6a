/** Server processes as they are: the real rooms over one real store, each of which may die. */

import { createHash } from 'node:crypto'
import { EMPTY_POOL, type Pool } from '#shared/lease/pool.ts'
import type { Entry, EntryDraft } from '#shared/journal/journal.ts'
import { applyEntry, type BalanceState, EMPTY_BALANCE } from '#shared/journal/balance.ts'
import type { Result } from '#shared/result.ts'
import { failure } from '#shared/result.ts'
import { OLDEST_PROTOCOL, PROTOCOL } from '#shared/sync/protocol.ts'
import { positionsText } from '#shared/sync/positions.ts'
import { createWebhooks } from '../../../src-server/alerts/webhooks.ts'
import { watchAlerts } from '../../../src-server/alerts/watch.ts'
import { createCaretaker } from '../../../src-server/authority/caretaker.ts'
import { type OpenAuthority, openAuthority } from '../../../src-server/authority/open.ts'
import { serverKeyFrom } from '../../../src-server/authority/server-key.ts'
import { type Answerer, createAnswerer } from '../../../src-server/http/calls.ts'
import { createEarningIntake, watchRefunds } from '../../../src-server/earnings/intake.ts'
import { noMetrics } from '../../../src-server/ports/metrics.ts'
import type { Database } from '../../../src-server/store/database.ts'
import { openDatabase } from '../../../src-server/store/open.ts'
import { createSyncAuthority } from '../../../src-server/sync/authority.ts'
import { createDocumentStore } from '../../../src-server/sync/documents.ts'
import { createSessions, type Sessions } from '../../../src-server/sync/sessions.ts'
import { createSyncTeams } from '../../../src-server/sync/teams.ts'
import { createTeams, type Teams } from '../../../src-server/teams/service.ts'
import { sharedSecret } from '../../../src-server/teams/secret.ts'
import { silentLog } from '../../support/silent-log.ts'
import { Died, toldOf } from '../authority.ts'
import type { Death } from '../steps.ts'
import { mortalDatabase } from './mortal.ts'
import { createWitness, type Witness } from './witness.ts'
import { newOwner, type Owner, type Schedule } from './schedule.ts'
import { createBytes, createIds, keyFor } from './seeds.ts'

export const ADDRESS = 'https://team.example'

export interface ServerProcess extends OpenAuthority {
  readonly owner: Owner
  dying: Exclude<Death, 'now'> | null
  readonly answer: Answerer
  readonly teams: Teams
  readonly sessions: Sessions
  readonly database: Database
  sweep(): Promise<unknown>
  /** Its connections hear that it is gone. */
  readonly wires: Set<() => void>
}

export interface ServerSide {
  /** Null where the process is not up. */
  readonly processes: readonly (ServerProcess | null)[]
  /** One that is up, from the wished one on. */
  up(wished: number): ServerProcess | null
  start(place: number): Promise<void>
  kill(place: number): void
  readonly witness: Witness
  /** Sees what is in the store now. */
  look(): Promise<void>
  accountId(): string | null
  /** True time. */
  now(): number
  pool(): Pool
  balances(): BalanceState
  journal(): readonly Entry[]
  has(entryId: string): boolean
  /** Rejects with `Died` where the process does. */
  write(
    process: ServerProcess,
    rule: (pool: Pool, now: number) => Result<readonly EntryDraft[]>,
  ): Promise<Result<null>>
  /** What was given a name and what it is called, by the keys of the account document. */
  names(): Promise<ReadonlyMap<string, string>>
  problems(): Promise<readonly string[]>
  /** What went wrong inside, which nothing should. */
  readonly mistakes: readonly string[]
  close(): Promise<void>
}

export interface ServerSettings {
  readonly schedule: Schedule
  readonly seed: number
  readonly count: number
  readonly timeZone: string
}

export async function createServerSide(settings: ServerSettings): Promise<ServerSide> {
  const { schedule, seed, count, timeZone } = settings
  const shared = await openDatabase(':memory:', silentLog)
  const witness = createWitness()
  const ids = createIds()
  const chance = createBytes(seed)
  const key = serverKeyFrom(keyFor(`server ${seed}`))
  const secret = await sharedSecret(shared, chance)
  const mistakes: string[] = []
  const processes: (ServerProcess | null)[] = Array.from({ length: count }, () => null)
  // Looks at the store, and is none of the processes.
  const eye = await openAuthority({ database: shared, clock: schedule, key, timeZone })
  const journal: Entry[] = []
  const known = new Set<string>()
  let accountId: string | null = null
  let pool: Pool = EMPTY_POOL
  let balances: BalanceState = EMPTY_BALANCE
  let written = 0

  async function start(place: number): Promise<void> {
    const owner = newOwner()
    const clock = schedule.clockOf(owner)
    const process = { owner, dying: null } as unknown as ServerProcess
    const log = {
      ...silentLog,
      error: (message: string, details?: object) => {
        const { error } = (details ?? {}) as { readonly error?: unknown }
        if (owner.isDead || error instanceof Died || String(error).includes('Died')) return
        mistakes.push(`Server ${place}: ${message}: ${toldOf(error)}`)
      },
    }
    const database = mortalDatabase(shared, process, () => kill(place))
    const watchers = [watchAlerts, watchRefunds]
    const parts = await openAuthority({ database, clock, key, timeZone, watchers })
    const isOwnAddress = (address: string) => address === ADDRESS
    const teams = createTeams({
      ...{ database, authority: parts.authority, clock, ids, chance, secret, isOwnAddress },
      webhooks: createWebhooks({ accounts: parts.accounts, secret, mayBePrivate: false, clock }),
    })
    const sessions = createSessions({
      ...{ database, clock, timers: clock, log, metrics: noMetrics },
      authority: createSyncAuthority(database, parts.authority),
      records: witness.recordStore,
      earnings: createEarningIntake({ ...parts, metrics: noMetrics }),
      documents: createDocumentStore(database),
      teams: createSyncTeams(database, teams.ticketForCopy),
      digest: (positions) => createHash('sha256').update(positionsText(positions)).digest('hex'),
      poolChanged: () => undefined,
      rate: { take: () => 0 },
      speaks: { protocol: PROTOCOL, oldest: OLDEST_PROTOCOL },
    })
    const caretaker = createCaretaker({
      ...{ database, authority: parts.authority, clock, log },
      // It is told when to look.
      timers: { after: () => () => undefined },
    })
    const nothingToBuy = new Proxy({}, { get: () => () => failure('not_sold', 'Not sold here.') })
    Object.assign(process, {
      ...{ ...parts, database, teams, sessions, sweep: caretaker.sweep, wires: new Set() },
      answer: createAnswerer({
        ...{ teams, log, buying: nothingToBuy as never },
        devices: { take: () => 0 } as never,
      }),
    })
    processes[place] = process
  }

  function kill(place: number): void {
    const process = processes[place]
    if (!process) return
    processes[place] = null
    process.owner.isDead = true
    for (const gone of [...process.wires]) gone()
  }

  async function look(): Promise<void> {
    if (accountId === null) {
      const [row] = await shared.query<{ id: string }>('SELECT id FROM account LIMIT 1')
      accountId = row?.id ?? null
    }
    if (accountId === null) return
    const account = accountId
    // At one moment: a process may be writing meanwhile.
    const seen = await shared.transaction(async ({ query }) => ({
      stand: await eye.accounts.stand(query, account),
      fresh: await eye.accounts.entriesAfter(query, account, journal.length, 100_000),
    }))
    pool = seen.stand?.pool ?? pool
    for (const entry of seen.fresh) {
      journal.push(entry)
      known.add(entry.id)
      balances = applyEntry(balances, entry)
      const { facts } = entry
      if (facts.kind === 'adopt') witness.brought(facts.deviceId, facts.records.sequence)
    }
  }

  for (let place = 0; place < count; place++) await start(place)

  return {
    processes,
    witness,
    mistakes,
    start,
    kill,
    look,
    up(wished) {
      for (let step = 0; step < count; step++) {
        const one = processes[(wished + step) % count]
        if (one) return one
      }
      return null
    },
    accountId: () => accountId,
    now: schedule.now,
    pool: () => pool,
    balances: () => balances,
    journal: () => journal,
    has: (id) => known.has(id),
    async write({ database, authority }, rule) {
      const account = accountId
      if (account === null) return failure('account_unknown', 'There is no account yet.')
      const entryId = `never-${++written}`
      try {
        return await database.transaction(async (transaction) => {
          await transaction.lockAccount(account)
          return authority.change(transaction, account, entryId, rule)
        })
      } finally {
        await look()
      }
    },
    async names() {
      const rows = await shared.query<{ key: string; name: string }>(
        `SELECT key, name FROM (
           SELECT 'team' AS key, name FROM team
           UNION ALL SELECT 'member:' || id, name FROM member
           UNION ALL SELECT 'device:' || id, name FROM device
         ) WHERE key IN (SELECT name_key FROM name_given)`,
      )
      return new Map(rows.map(({ key, name }) => [key, name]))
    },
    async problems() {
      if (accountId === null) return []
      return (await eye.accounts.verify(shared.query, accountId)).problems
    },
    async close() {
      for (const process of processes) process?.catalogs.close()
      eye.catalogs.close()
      await shared.close()
    },
  }
}
