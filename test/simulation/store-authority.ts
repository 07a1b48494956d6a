/** The server's own authority over its own store, in processes that share it and may die. */

import assert from 'node:assert/strict'
import { applyEntry, type BalanceState, EMPTY_BALANCE } from '#shared/journal/balance.ts'
import type { Entry } from '#shared/journal/journal.ts'
import { EMPTY_POOL, type Pool } from '#shared/lease/pool.ts'
import { type Result, success } from '#shared/result.ts'
import type { OpenAuthority } from '../../src-server/authority/open.ts'
import { openAuthority } from '../../src-server/authority/open.ts'
import { newServerKey, serverKeyFrom } from '../../src-server/authority/server-key.ts'
import type { Transaction } from '../../src-server/store/database.ts'
import { openDatabase } from '../../src-server/store/open.ts'
import { silentLog } from '../support/silent-log.ts'
import { ACCOUNT, Died, newProcesses, type Process, type SimAuthority } from './authority.ts'
import { catalogJson } from './catalogs.ts'
import type { AuthorityOptions } from './rules-authority.ts'

const KEY = newServerKey()

export async function createStoreAuthority(options: AuthorityOptions): Promise<SimAuthority> {
  const { processes: count, first, now, timeZone } = options
  const database = await openDatabase(':memory:', silentLog)
  const processes = newProcesses(count)
  const opened = new Map<Process, OpenAuthority>()
  for (const process of processes) {
    const clock = { now: () => now() + process.skew }
    const key = serverKeyFrom(KEY)
    opened.set(process, await openAuthority({ database, clock, key, timeZone }))
  }
  const partsOf = (process: Process): OpenAuthority => {
    const parts = opened.get(process)
    assert.ok(parts)
    return parts
  }
  const parts = partsOf(processes[0] as Process)
  const published = await parts.catalogs.publish(catalogJson(first), null)
  assert.ok(published.ok, JSON.stringify(published))
  await database.transaction((transaction) => parts.accounts.create(transaction, ACCOUNT))

  const journal: Entry[] = []
  const ids = new Set<string>()
  let pool: Pool = EMPTY_POOL
  let balances: BalanceState = EMPTY_BALANCE

  /** What is in the store now, to look at. */
  async function look(): Promise<void> {
    const stand = await parts.accounts.stand(database.query, ACCOUNT)
    assert.ok(stand)
    pool = stand.pool
    const { query } = database
    for (const entry of await parts.accounts.entriesAfter(query, ACCOUNT, journal.length, 10_000)) {
      journal.push(entry)
      ids.add(entry.id)
      balances = applyEntry(balances, entry)
    }
    assert.equal(journal.length, stand.position)
  }

  async function transact<T>(
    process: Process,
    work: (transaction: Transaction) => Promise<Result<T>>,
    alongside: () => void = () => undefined,
  ): Promise<Result<T>> {
    if (!process.isUp) throw new Died()
    const { dying } = process
    if (dying !== null) Object.assign(process, { dying: null, isUp: false })
    const result = await database.transaction(async (transaction) => {
      assert.ok(await transaction.lockAccount(ACCOUNT))
      const done = await work(transaction)
      if (dying === 'before') throw new Died()
      return done
    })
    if (result.ok) alongside()
    await look()
    if (dying === 'after') throw new Died()
    return result
  }

  let writes = 0
  await look()

  return {
    processes,
    pool: () => pool,
    balances: () => balances,
    journal: () => journal,
    at: () => journal.at(-1)?.at ?? 0,
    has: (id) => ids.has(id),
    timeOf: ({ skew }) => Math.max(now() + skew, journal.at(-1)?.at ?? 0),
    async publish(catalog, from) {
      const done = await parts.catalogs.publish(catalogJson(catalog), from)
      assert.ok(done.ok, JSON.stringify(done))
    },
    write: (process, rule) =>
      transact(process, (transaction) =>
        partsOf(process).authority.change(transaction, ACCOUNT, `never-${++writes}`, rule),
      ),
    async lease(process, deviceId, request) {
      const leased = await transact(process, (transaction) =>
        partsOf(process).authority.lease(transaction, ACCOUNT, deviceId, request),
      )
      return leased.ok ? success(leased.data.recalls) : leased
    },
    report: (process, deviceId, records, head, fork, alongside) =>
      transact(
        process,
        (transaction) =>
          partsOf(process).authority.report(transaction, ACCOUNT, deviceId, records, head, {
            fork,
          }),
        alongside,
      ),
    async statement(process, deviceId) {
      const { authority } = partsOf(process)
      return (await authority.statement(database.query, ACCOUNT, deviceId))?.statement ?? null
    },
    async problems() {
      return (await parts.accounts.verify(database.query, ACCOUNT)).problems
    },
    async close() {
      for (const { catalogs } of opened.values()) catalogs.close()
      await database.close()
    },
  }
}
