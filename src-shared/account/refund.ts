/**
 * Making good a charge that should not have been (conformance: coding-agent 6): history is never
 * edited. By the catalog's rule the buckets that paid are refilled, or a new grant is given.
 */

import { type Credits, minCredits, subtractCredits, ZERO } from '../credits/amount.ts'
import { type Draw, hasExpired, type Grant } from '../credits/grant.ts'
import { grantEntry, refundEntry, sumDraws } from '../journal/entries.ts'
import type { EntryDraft } from '../journal/journal.ts'
import { failure, type Result, success } from '../result.ts'
import { monthsAfter } from './calendar.ts'
import { grantNow } from './grant-now.ts'
import type { Books } from './account.ts'
import { catalogAt, opened } from './terms.ts'

export interface RefundRequest {
  /** Made by the caller, so that deciding twice refunds once. */
  readonly refundId: string
  readonly operationId: string
  /** What the run's charge was drawn from, in paying order. */
  readonly paid: readonly Draw[]
  /** The total of earlier refunds of the run. */
  readonly refunded: Credits
  readonly amount: Credits
  readonly reason: string
}

/**
 * What a refund writes. Refilling begins with the bucket that paid last, as a smaller charge would
 * have left it untouched; what an ended bucket paid comes as a new grant. Fails with
 * `refund_too_large` when more is asked than was paid.
 */
export function refundEntries(
  books: Books,
  request: RefundRequest,
  now: number,
): Result<readonly EntryDraft[]> {
  const { refundId, operationId, amount, reason } = request
  const paid = without(request.paid, request.refunded)
  const most = sumDraws(paid)
  if (amount <= 0 || amount > most) {
    return failure('refund_too_large', 'A refund is at most what was paid.', { amount, most })
  }
  const { refunds } = catalogAt(books.account, now)
  const refilled = refunds.kind === 'refill' ? refill(books, paid, amount, now) : []
  const rest = subtractCredits(amount, sumDraws(refilled))
  return success([
    refundEntry(refundId, operationId, amount, refilled, reason),
    ...(rest > 0 ? [grantEntry(refundGrant(books, refundId, rest, now))] : []),
  ])
}

/** Less what was already refunded, which began with the bucket that paid last. */
function without(paid: readonly Draw[], refunded: Credits): readonly Draw[] {
  let over = subtractCredits(sumDraws(paid), refunded)
  return paid.flatMap(({ grantId, amount }) => {
    const part = minCredits(amount, over)
    over = subtractCredits(over, part)
    return part > ZERO ? [{ grantId, amount: part }] : []
  })
}

function refill(
  { account, balances }: Books,
  paid: readonly Draw[],
  amount: Credits,
  now: number,
): readonly Draw[] {
  let left = amount
  const refilled: Draw[] = []
  for (const { grantId, amount: part } of paid.toReversed()) {
    const share = minCredits(part, left)
    left = subtractCredits(left, share)
    const grant = balances.get(grantId)?.grant
    const lasts = grant && !hasExpired(grant, now) && !account.closed.has(grantId)
    if (share > ZERO && lasts) refilled.push({ grantId, amount: share })
  }
  return refilled
}

function refundGrant({ account }: Books, refundId: string, amount: Credits, now: number): Grant {
  const { refunds } = catalogAt(account, now)
  const { id, anchor } = opened(account)
  const { months } = refunds
  const given = {
    id: `refund:${id}:${refundId}`,
    source: 'refund',
    amount,
    expiresAt: months === null ? null : monthsAfter(now, months, anchor.timeZone),
    label: 'Refund',
  } as const
  return grantNow(account, given, now)
}
