/** What is due to a pool: what is due to its account, leases that are over, debt that can be paid. */

import type { EntryDraft } from '../journal/journal.ts'
import type { Pool } from './pool.ts'

/**
 * Every entry that is due at `now`, moment by moment: what is due to the account, what comes back of
 * leases whose grace is over, and debt as soon as anything pays it. Writing them and asking again
 * gives none. Every command expects a pool that is up to date.
 */
export function poolDue(pool: Pool, now: number): readonly EntryDraft[] {
  throw new Error('to come', { cause: [pool, now] })
}

/** The next moment at which something will be due by itself, to look again then; null for none. */
export function nextPoolMoment(pool: Pool): number | null {
  throw new Error('to come', { cause: [pool] })
}
