/** Promo codes (conformance: tooljet 5, schematic 10). */

import type { Promotion } from '../catalog/offers.ts'
import type { Grant } from '../credits/grant.ts'
import { accountEntry, grantEntry } from '../journal/entries.ts'
import type { EntryDraft } from '../journal/journal.ts'
import { failure, type Result, success } from '../result.ts'
import { dayEnd, dayStart, expiryMoment } from './calendar.ts'
import { type GivenGrant, grantNow } from './grant-now.ts'
import type { AccountState, Books } from './account.ts'
import { catalogAt, opened, termsAt } from './terms.ts'

/**
 * The promotion behind a code, if the account may use it at `now`. `usedByAll` counts redemptions
 * by all accounts, if that count is kept. Fails with `promo_unknown`, `promo_not_yet`,
 * `promo_over`, `promo_used`, `promo_used_up` or `promo_not_on_plan`.
 */
export function findPromotion(
  account: AccountState,
  code: string,
  usedByAll: number,
  now: number,
): Result<Promotion> {
  const typed = code.trim().toUpperCase()
  const promotion = catalogAt(account, now).promotions.find((one) => one.code === typed)
  if (!promotion) {
    return failure('promo_unknown', 'There is no such code. Check the spelling.', { code: typed })
  }
  const { from, until, perAccount, total, plans } = promotion
  const { timeZone } = opened(account).anchor
  if (from !== null && now < dayStart(from, timeZone)) {
    return failure('promo_not_yet', `This code is valid from ${from}.`, { code: typed, from })
  }
  if (until !== null && now >= dayEnd(until, timeZone)) {
    return failure('promo_over', `This code was valid until ${until}.`, { code: typed, until })
  }
  if ((account.redeemed.get(typed) ?? 0) >= perAccount) {
    return failure('promo_used', 'You have used this code already.', { code: typed })
  }
  if (total !== null && usedByAll >= total) {
    return failure('promo_used_up', 'This code has been used as often as it may be.', {
      code: typed,
    })
  }
  if (plans !== 'all' && !plans.includes(termsAt(account, now).plan.id)) {
    return failure('promo_not_on_plan', 'This code is not for your plan.', { code: typed, plans })
  }
  return success(promotion)
}

/** Records that a code was redeemed once more. */
export function redeemedEntry(account: AccountState, code: string): EntryDraft {
  const time = (account.redeemed.get(code) ?? 0) + 1
  const id = `redeemed:${opened(account).id}:${code}:${time}`
  return accountEntry(id, { type: 'redeemed', code })
}

export interface Redemption {
  readonly grant: Grant
  readonly entries: readonly EntryDraft[]
}

/**
 * Redeems a code that gives credits at once. Fails as `findPromotion` does, or with
 * `promo_needs_purchase` when the code is for a purchase.
 */
export function redeem(
  { account }: Books,
  code: string,
  usedByAll: number,
  now: number,
): Result<Redemption> {
  const found = findPromotion(account, code, usedByAll, now)
  if (!found.ok) return found
  const { gives, name, code: typed } = found.data
  if (gives.kind !== 'credits') {
    return failure('promo_needs_purchase', 'Enter this code when you buy credits.', { code: typed })
  }
  const { id, anchor } = opened(account)
  const given: GivenGrant = {
    id: `${gives.source}:${id}:${typed}:${(account.redeemed.get(typed) ?? 0) + 1}`,
    source: gives.source,
    amount: gives.credits,
    expiresAt: expiryMoment(gives.expiry, now, anchor.timeZone),
    label: name,
    operations: gives.operations,
  }
  const grant = grantNow(account, given, now)
  return success({ grant, entries: [redeemedEntry(account, typed), grantEntry(grant)] })
}
