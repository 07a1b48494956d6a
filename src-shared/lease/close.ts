/** How leases end: taken back, closed for good, or taken home. */

import type { AccountSnapshot } from '../journal/account-snapshot.ts'
import type { EntryDraft } from '../journal/journal.ts'
import type { Result } from '../result.ts'
import type { Pool } from './pool.ts'

/** Takes back all that a device has outstanding; none when it has nothing. */
export function reclaimEntries(
  pool: Pool,
  deviceId: string,
  reason: 'expired' | 'revoked' | 'lost',
  now: number,
): readonly EntryDraft[] {
  throw new Error('to come', { cause: [pool, deviceId, reason, now] })
}

/**
 * No more leases for a device: what it has outstanding is taken back at once. What it spent and
 * reports later is taken in still. Fails with `device_unknown`; closing twice is no error.
 */
export function closeDeviceEntries(
  pool: Pool,
  deviceId: string,
  reason: 'revoked' | 'lost' | 'copied',
  now: number,
): Result<readonly EntryDraft[]> {
  throw new Error('to come', { cause: [pool, deviceId, reason, now] })
}

/**
 * A device leaves, after it has reported and given back everything: it gets a last lease without end
 * of what its member brought and nobody spent; with `dissolves` of everything the pool has. Fails
 * with `device_unknown`, `device_closed` or `leave_returns_first`.
 */
export function leaveEntries(
  pool: Pool,
  deviceId: string,
  dissolves: boolean,
  now: number,
): Result<readonly EntryDraft[]> {
  throw new Error('to come', { cause: [pool, deviceId, dissolves, now] })
}

/**
 * The account a device goes on with by itself: with `dissolves` the pool's, otherwise the one it came
 * with, or, as that lives on here or it came with none, a new one on the default plan.
 */
export function homeAccount(
  pool: Pool,
  deviceId: string,
  dissolves: boolean,
  now: number,
): AccountSnapshot {
  throw new Error('to come', { cause: [pool, deviceId, dissolves, now] })
}
