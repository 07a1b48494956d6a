/** Leases in figures, for `/metrics`: what moved, by this process, and what is out, by all of them. */

import type { EntryDraft } from '#shared/journal/journal.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Database } from '../store/database.ts'
import type { AccountWatcher } from './accounts.ts'

/** In credits, counted once what moved is written for good. */
export function createLeaseMetrics(metrics: Metrics): AccountWatcher {
  const granted = metrics.counter('lease_granted_credits_total', 'Credits leased to machines')
  const returned = metrics.counter('lease_returned_credits_total', 'Credits machines gave back')
  const reclaimed = metrics.counter(
    'lease_reclaimed_credits_total',
    'Credits taken back unreported',
  )
  const surfaced = metrics.counter('lease_surfaced_credits_total', 'Spent of what was taken back')

  function count({ facts, postings }: EntryDraft): void {
    const moved = (sign: 1 | -1) =>
      postings
        .filter(({ bucket, amount }) => bucket === 'elsewhere' && amount * sign > 0)
        .reduce((sum, { amount }) => sum + amount * sign, 0)
    if (facts.kind === 'lease') granted.add(moved(1) / MILLI)
    if (facts.kind === 'reclaim') reclaimed.add(moved(-1) / MILLI)
    if (facts.kind !== 'report') return
    returned.add(facts.returned.reduce((sum, { amount }) => sum + amount, 0) / MILLI)
    surfaced.add(facts.surfaced / MILLI)
  }

  return async ({ afterwards }, { entries }) => {
    const about = entries.filter(({ facts }) => COUNTED.has(facts.kind))
    if (about.length > 0) afterwards(() => about.forEach(count))
  }
}

const MILLI = 1_000
const COUNTED: ReadonlySet<string> = new Set(['lease', 'report', 'reclaim'])

/** What all accounts of the store have out and owe, read when the metrics are. */
export function measureAccounts(metrics: Metrics, { query }: Pick<Database, 'query'>): void {
  const sumOf = (column: 'leased' | 'debt') => async () => {
    const [row] = await query<{ sum: number }>(
      `SELECT CAST(coalesce(sum(${column}), 0) / 1000 AS BIGINT) AS sum FROM account`,
    )
    return row?.sum ?? 0
  }
  metrics.gauge('lease_outstanding_credits', 'Credits that machines have', sumOf('leased'))
  metrics.gauge('debt_credits', 'Spending that nothing has paid yet', sumOf('debt'))
}
