/** Leases to devices: what the authority writes, and what it states. */

import type { Credits } from '../credits/amount.ts'
import type { EntryDraft } from '../journal/journal.ts'
import type { Result } from '../result.ts'
import type { Pool } from './pool.ts'
import type { LeaseStatement } from './statement.ts'

export interface LeaseRequest {
  /** What a run lacks beyond what the device has: zero for the usual top-up. */
  readonly needed: Credits
  /** The operation it lacks it for; null for any. */
  readonly operation: string | null
}

/**
 * What a device that is in touch gets at `now`: nothing when its lease is large and long enough.
 * What a run needs it gets when the pool has it unleased, whatever its share; otherwise see
 * `recallsFor`. Fails with `device_unknown`, `device_closed`, or `lease_reclaimed` when it must first
 * take up its last statement, report and give back.
 */
export function leaseEntries(
  pool: Pool,
  deviceId: string,
  request: LeaseRequest,
  now: number,
): Result<readonly EntryDraft[]> {
  throw new Error('to come', { cause: [pool, deviceId, request, now] })
}

/**
 * The lease of a device as it stands; null before its first. What was reclaimed is in it with an end
 * in the past, so that a device that never got it can take it up and give it back.
 */
export function statementOf(
  pool: Pool,
  accountId: string,
  deviceId: string,
  issuedAt: number,
  entries: number,
): LeaseStatement | null {
  throw new Error('to come', { cause: [pool, accountId, deviceId, issuedAt, entries] })
}
