/** A refund in a pool. */

import { refundEntries, type RefundRequest } from '../account/refund.ts'
import { EMPTY_BALANCE } from '../journal/balance.ts'
import type { EntryDraft } from '../journal/journal.ts'
import type { Result } from '../result.ts'
import type { Books } from '../account/account.ts'

/**
 * Like `refundEntries`, but always as a new grant: the bucket that paid is spent in the books of
 * the device that ran, where nobody else can refill it.
 */
export function poolRefundEntries(
  pool: Pick<Books, 'account'>,
  request: RefundRequest,
  now: number,
): Result<readonly EntryDraft[]> {
  return refundEntries({ account: pool.account, balances: EMPTY_BALANCE }, request, now)
}
