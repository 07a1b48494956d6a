/** How accounts and devices come to a pool. */

import type { AccountSnapshot } from '../journal/account-snapshot.ts'
import type { CycleAnchor } from '../account/cycle.ts'
import { entriesDue } from '../account/due.ts'
import { openEntry } from '../account/open.ts'
import { withEntries } from '../account/state.ts'
import type { GrantBalance } from '../journal/balance.ts'
import type { EntryDraft } from '../journal/journal.ts'
import type { RecordHead } from '../journal/lease-facts.ts'
import type { Result } from '../result.ts'
import type { Pool } from './pool.ts'

/** Opens the account of a pool that has none, with all that is due to it at `now`. */
export function openPoolEntries(
  pool: Pool,
  accountId: string,
  anchor: CycleAnchor,
  planId: string,
  seats: number,
  now: number,
): readonly EntryDraft[] {
  const open = openEntry(accountId, anchor, planId, seats)
  return [open, ...entriesDue(withEntries(pool, [open]), now)]
}

/** A device as it comes from standing alone. */
export interface Arrival {
  readonly deviceId: string
  readonly memberId: string
  /** Its records up to here are in `grants` already. */
  readonly records: RecordHead
  readonly account: AccountSnapshot
  /** Where its credits are; nothing of them is elsewhere. */
  readonly grants: readonly GrantBalance[]
}

/**
 * A device comes with its own credits. To a pool without an account it brings that too, and all its
 * grants; to another only those with something left, which from then on are the pool's like any
 * bought credits. What is left stays with the device, as its first lease.
 *
 * Fails with `device_known`, `account_known` when the account is another pool's part already (as of
 * a copied disk), or `grants_not_valid`.
 */
export function adoptEntries(
  pool: Pool,
  arrival: Arrival,
  now: number,
): Result<readonly EntryDraft[]> {
  throw new Error('to come', { cause: [pool, arrival, now] })
}

/** A device without credits of its own. Coming twice is no error; fails with `device_known`. */
export function deviceEntries(
  pool: Pool,
  deviceId: string,
  memberId: string,
): Result<readonly EntryDraft[]> {
  throw new Error('to come', { cause: [pool, deviceId, memberId] })
}
