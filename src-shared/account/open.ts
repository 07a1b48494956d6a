/** Opening an account, and what an operator grants it or sets for it by hand. */

import type { Credits } from '../credits/amount.ts'
import type { Override } from '../journal/account-change.ts'
import { accountEntry, grantEntry } from '../journal/entries.ts'
import type { EntryDraft } from '../journal/journal.ts'
import type { CycleAnchor } from './cycle.ts'
import { grantNow } from './grant-now.ts'
import type { AccountState } from './account.ts'
import { opened } from './terms.ts'

/** Opens an account, once; its cycles follow `anchor` from then on. */
export function openEntry(
  accountId: string,
  { startsAt, timeZone }: CycleAnchor,
  planId: string,
  seats: number,
): EntryDraft {
  const change = { type: 'opened', accountId, startsAt, timeZone, planId, seats } as const
  return accountEntry(`opened:${accountId}`, change)
}

/**
 * Sets terms that differ from the plan's; the same override id again replaces them. `changeId`
 * makes it happen once.
 */
export function overrideEntry(changeId: string, override: Override): EntryDraft {
  return accountEntry(`override:${changeId}`, { type: 'override', override })
}

export interface Adjustment {
  readonly id: string
  readonly source: 'adjustment' | 'promo' | 'trial' | 'referral'
  readonly amount: Credits
  readonly expiresAt: number | null
  /** Why, for people. */
  readonly label: string
  /** Absent for all. */
  readonly operations?: readonly string[]
}

/** Credits granted by hand, once for each id. */
export function adjustmentEntry(
  account: AccountState,
  adjustment: Adjustment,
  now: number,
): EntryDraft {
  const { id, source } = adjustment
  const given = { ...adjustment, id: `${source}:${opened(account).id}:by-hand:${id}` }
  return grantEntry(grantNow(account, given, now))
}
