/** What devices are asked to give back when the pool is short. */

import type { LeaseRequest } from './grant-lease.ts'
import type { Recall } from './device-lease.ts'
import type { Pool } from './pool.ts'

/**
 * What to ask of whom at `now`, most to give back first; none when the pool has enough unleased.
 * `unmet` is what a device asked for and did not get.
 */
export function recallsFor(
  pool: Pool,
  now: number,
  unmet: (LeaseRequest & { readonly deviceId: string }) | null = null,
): readonly Recall[] {
  throw new Error('to come', { cause: [pool, now, unmet] })
}
