/** Metrics of leases: what this process moved, and what all processes together have outstanding. */

import type { EntryDraft } from '#shared/journal/journal.ts'
import type { Metrics } from '../ports/metrics.ts'
import type { Database } from '../store/database.ts'
import type { AccountWatcher } from './accounts.ts'

/** In credits, counted once the move is committed. */
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

/**
 * What all accounts of the store have leased and owe, as of the last look. Each scrape starts
 * another look, so figures are available at once even while the store is busy.
 */
export function measureAccounts(metrics: Metrics, { query }: Pick<Database, 'query'>): void {
  let last = { leased: 0, debt: 0 }
  let isLooking = false

  async function look(): Promise<void> {
    if (isLooking) return
    isLooking = true
    try {
      const [sums] = await query<typeof last>(
        `SELECT CAST(coalesce(sum(leased), 0) / 1000 AS BIGINT) AS leased,
                CAST(coalesce(sum(debt), 0) / 1000 AS BIGINT) AS debt FROM account`,
      )
      if (sums) last = sums
    } catch {
      // A failing store is reported by whoever needs it; the figures stay as they were.
    } finally {
      isLooking = false
    }
  }

  const measured = (of: 'leased' | 'debt') => () => {
    void look()
    return last[of]
  }
  metrics.gauge('lease_outstanding_credits', 'Credits that machines have', measured('leased'))
  metrics.gauge('debt_credits', 'Spending that nothing has paid yet', measured('debt'))
  void look()
}
