/**
 * What a purchase grants. Nothing is granted before it is paid (conformance: tooljet 5); granting
 * twice is impossible, as ids follow from the purchase.
 */

import type { Pack } from '../catalog/offers.ts'
import { accountEntry, extendEntry, grantEntry } from '../journal/entries.ts'
import type { Subscription } from '../journal/account-snapshot.ts'
import type { EntryDraft } from '../journal/journal.ts'
import { formatCount } from '../credits/format.ts'
import { expiryMoment } from './calendar.ts'
import { subscriptionGrant } from './cycle-grants.ts'
import { cycleOfIndex } from './cycle.ts'
import { type GivenGrant, grantNow } from './grant-now.ts'
import { redeemedEntry } from './promotion.ts'
import type { AccountState, Books } from './account.ts'
import { withEntries } from './state.ts'
import { opened } from './terms.ts'
import { poolFamily, type PurchaseQuote } from './purchase-quote.ts'

/** `100 credits`, `1,000 × 100 credits`. */
export const timesName = (quantity: number, name: string) =>
  quantity === 1 ? name : `${formatCount(quantity)} × ${name}`

/**
 * What a purchase that was paid at `now` writes: its grant, with a promo code its bonus, and for a
 * pool the later end of what was bought before. The quote is that of the moment of paying.
 */
export function purchaseEntries(
  books: Books,
  purchaseId: string,
  quote: PurchaseQuote,
  now: number,
  renews?: Subscription['renews'],
): readonly EntryDraft[] {
  const { account } = books
  const { promotion } = quote
  const bought =
    quote.kind === 'pack'
      ? packEntries(account, purchaseId, quote, now)
      : addOnEntries(books, purchaseId, quote, now, renews)
  return [
    ...bought,
    ...(promotion ? [redeemedEntry(account, promotion.code)] : []),
    ...bonusEntries(account, purchaseId, quote, now),
  ]
}

function packEntries(
  account: AccountState,
  purchaseId: string,
  { offer, quantity, credits, expiresAt, extended }: PurchaseQuote,
  now: number,
): readonly EntryDraft[] {
  const pack = offer as Pack
  const given: GivenGrant = {
    id: `purchase:${purchaseId}`,
    source: pack.source,
    amount: credits,
    expiresAt,
    label: timesName(quantity, pack.name),
    ...(pack.expiry.kind === 'pool' ? { family: poolFamily(pack.source) } : {}),
    operations: pack.operations,
  }
  const grant = grantNow(account, given, now)
  const isExtending = extended.length > 0 && expiresAt !== null
  return [grantEntry(grant), ...(isExtending ? [extendEntry(extended, expiresAt, grant.id)] : [])]
}

/** A subscription brings its first credits at once, for the cycle that runs. */
function addOnEntries(
  books: Books,
  purchaseId: string,
  { offer, quantity }: PurchaseQuote,
  now: number,
  renews: Subscription['renews'],
): readonly EntryDraft[] {
  const subscribed = accountEntry(`add-on:${purchaseId}`, {
    type: 'add-on',
    subscriptionId: purchaseId,
    addOnId: offer.id,
    quantity,
    ...(renews ? { renews } : {}),
  })
  const { account } = withEntries(books, [subscribed])
  const subscription = account.subscriptions.get(purchaseId)
  const cycle = cycleOfIndex(opened(account).anchor, account.cycle)
  const grant = subscription && subscriptionGrant(account, subscription, cycle, now)
  if (!grant) throw new Error(`Add-on ${offer.id} cannot be granted`)
  return [subscribed, grantEntry(grant)]
}

function bonusEntries(
  account: AccountState,
  purchaseId: string,
  { bonus, promotion }: PurchaseQuote,
  now: number,
): readonly EntryDraft[] {
  if (bonus === 0 || promotion?.gives.kind !== 'bonus') return []
  const { timeZone } = opened(account).anchor
  const given: GivenGrant = {
    id: `bonus:${purchaseId}`,
    source: 'promo',
    amount: bonus,
    expiresAt: expiryMoment(promotion.gives.expiry, now, timeZone),
    label: promotion.name,
  }
  return [grantEntry(grantNow(account, given, now))]
}
