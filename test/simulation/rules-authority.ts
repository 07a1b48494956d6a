/**
 * An authority in memory under the real rules, whose commits happen whole or not at all, whenever a
 * process dies.
 */

import assert from 'node:assert/strict'
import { EMPTY_ACCOUNT } from '#shared/account/account.ts'
import { withCatalog } from '#shared/account/state.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import { millicredits, subtractCredits, ZERO } from '#shared/credits/amount.ts'
import { applyEntry, type BalanceState, EMPTY_BALANCE } from '#shared/journal/balance.ts'
import { assertBalanced } from '#shared/journal/entries.ts'
import type { CatalogSource, Entry, EntryDraft } from '#shared/journal/journal.ts'
import { applyToPool } from '#shared/lease/follow.ts'
import { leaseEntries, statementOf } from '#shared/lease/grant-lease.ts'
import { EMPTY_POOL, type Pool } from '#shared/lease/pool.ts'
import { poolDue } from '#shared/lease/pool-due.ts'
import { recallsFor } from '#shared/lease/recall.ts'
import { reportEntries } from '#shared/lease/report.ts'
import { type Result, success } from '#shared/result.ts'
import { catalogEntries, type PublishedCatalog } from '../../src-server/authority/catalogs.ts'
import { ACCOUNT, Died, newProcesses, type Process, type SimAuthority } from './authority.ts'
import type { Command } from './commands.ts'
import type { ChainedRecord } from './messages.ts'

export interface AuthorityOptions {
  readonly processes: number
  readonly first: Catalog
  readonly timeZone: string
  now(): number
}

/** `isForgetful` is a mistake: it forgets what it has of a device's records. */
export function createRulesAuthority(
  { processes: count, first, now }: AuthorityOptions,
  isForgetful: boolean,
): SimAuthority {
  const processes = newProcesses(count)
  const published: PublishedCatalog[] = [publishedOf(first, Number.MIN_SAFE_INTEGER)]
  const journal: Entry[] = []
  const ids = new Set<string>()
  let pool: Pool = {
    ...EMPTY_POOL,
    account: withCatalog(EMPTY_ACCOUNT, first, Number.MIN_SAFE_INTEGER),
  }
  let balances: BalanceState = EMPTY_BALANCE
  let at = 0

  const timeOf = ({ skew }: Process) => Math.max(now() + skew, at)

  function follow(before: Pool, draft: EntryDraft): Pool {
    const after = applyToPool(before, draft)
    if (draft.facts.kind !== 'catalog') return after
    const { version } = draft.facts.source
    const catalog = published.find((one) => one.catalog.version === version)?.catalog
    assert.ok(catalog)
    return { ...after, account: withCatalog(after.account, catalog, draft.facts.from) }
  }

  function commit(drafts: readonly EntryDraft[], time: number): void {
    for (const draft of drafts) {
      assertBalanced(draft)
      assert.ok(!ids.has(draft.id), `The authority writes ${draft.id} twice`)
      ids.add(draft.id)
      pool = follow(pool, draft)
      balances = applyEntry(balances, draft)
      journal.push({ ...draft, sequence: journal.length + 1, at: time })
      at = time
    }
  }

  /** Everything that is due, then what the rule makes of that; written whole or not at all. */
  function transact(
    process: Process,
    rule: Command['rule'],
    alongside: () => void = () => undefined,
  ): Result<readonly EntryDraft[]> {
    if (!process.isUp) throw new Died()
    const time = timeOf(process)
    const news = catalogEntries(pool.account, published, at, time)
    const known = news.reduce(follow, pool)
    const due = poolDue(known, time)
    const entries = rule(due.reduce(applyToPool, known), time)
    const { dying } = process
    if (dying !== null) Object.assign(process, { dying: null, isUp: false })
    if (dying === 'before') throw new Died()
    commit([...news, ...due, ...(entries.ok ? entries.data : [])], time)
    if (entries.ok) alongside()
    if (dying === 'after') throw new Died()
    return entries
  }

  return {
    processes,
    pool: () => pool,
    balances: () => balances,
    journal: () => journal,
    at: () => at,
    has: (id) => ids.has(id),
    timeOf,
    async publish(catalog, from) {
      published.push(publishedOf(catalog, from))
    },
    async write(process, rule) {
      const written = transact(process, rule)
      return written.ok ? success(null) : written
    },
    async lease(process, deviceId, request) {
      const leased = transact(process, (books, time) =>
        leaseEntries(books, deviceId, request, time),
      )
      if (!leased.ok) return leased
      const got = millicredits(sumLeased(leased.data))
      const lacks = request.needed > got ? subtractCredits(request.needed, got) : ZERO
      const unmet = lacks > 0 ? { ...request, needed: lacks, deviceId } : null
      return success(recallsFor(pool, timeOf(process), unmet))
    },
    async report(process, deviceId, records, head, fork, alongside) {
      const isFork = fork && !isForgetful
      const written = transact(
        process,
        (books, time) => {
          const asked = isForgetful ? withReported(books, deviceId, records) : books
          return reportEntries(asked, deviceId, records, head, time, { fork: isFork })
        },
        alongside,
      )
      return written.ok ? success(null) : written
    },
    async statement(process, deviceId) {
      return statementOf(pool, ACCOUNT, deviceId, timeOf(process), journal.length)
    },
    problems: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  }
}

function sumLeased(entries: readonly EntryDraft[]): number {
  return entries
    .flatMap(({ postings }) => postings)
    .filter(({ bucket, amount }) => bucket === 'elsewhere' && amount > 0)
    .reduce((sum, { amount }) => sum + amount, 0)
}

/** The pool as if the device's records up to the first of these were all that it had told. */
function withReported(pool: Pool, deviceId: string, records: readonly ChainedRecord[]): Pool {
  const device = pool.devices.get(deviceId)
  if (!device) return pool
  const reported = { sequence: (records[0]?.sequence ?? 1) - 1, hash: '' }
  return { ...pool, devices: new Map(pool.devices).set(deviceId, { ...device, reported }) }
}

function publishedOf(catalog: Catalog, from: number): PublishedCatalog {
  const source = { version: catalog.version, name: catalog.name } as CatalogSource
  return { source, catalog, sha256: '', from }
}
