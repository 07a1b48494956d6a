/**
 * What is bought: a pack, an add-on or a larger plan, priced by the catalog. The price is computed
 * here from what was chosen; a window never says what something costs.
 */

import { z } from 'zod'
import type { Books } from '../account/account.ts'
import { changePlan } from '../account/plan-change.ts'
import { type PricedOffer, pricedOffer, quotePurchase, requote } from '../account/purchase-quote.ts'
import { purchaseEntries, timesName } from '../account/purchase.ts'
import { renewalEntries, renewalGrantId } from '../account/subscription.ts'
import { subscriptionFamily } from '../account/cycle-grants.ts'
import { cycleOfIndex } from '../account/cycle.ts'
import { catalogAt, opened, type Terms, termsAt, termsOf } from '../account/terms.ts'
import { findPlan } from '../catalog/catalog.ts'
import { identifier } from '../catalog/fields.ts'
import { type Credits, ZERO } from '../credits/amount.ts'
import type { Grant } from '../credits/grant.ts'
import type { Money } from '../credits/money.ts'
import { grantEntryId } from '../journal/entries.ts'
import type { EntryDraft } from '../journal/journal.ts'
import { failure, type Result, success } from '../result.ts'

/** What a person chooses. Quantities are checked against the catalog when it is priced. */
export const orderSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('offer'),
    offerId: identifier,
    quantity: z.int().min(1).max(1_000_000),
    promoCode: z.string().trim().min(1).max(60).nullable(),
  }),
  z.strictObject({
    kind: z.literal('plan'),
    planId: identifier,
    seats: z.int().min(1).max(100_000),
  }),
])
export type Order = z.output<typeof orderSchema>

interface SharedTerms {
  /** "500 credits", "3 × 100 credits", "Creator plan". */
  readonly name: string
  /** Credits granted at once, not counting what a promo code adds. */
  readonly credits: Credits
  readonly bonus: Credits
  readonly listPrice: Money
  readonly price: Money
}

/** An order as it was priced and accepted. Plain data: it is stored with the purchase. */
export type OrderTerms = SharedTerms &
  /** Purchases stored by earlier versions also have the ends of that quote, which nobody reads. */
  (
    | { readonly kind: 'offer'; readonly quote: PricedOffer }
    | { readonly kind: 'plan'; readonly planId: string; readonly seats: number }
    /** A subscription whose add-on was paid for again. */
    | { readonly kind: 'renewal'; readonly subscriptionId: string }
  )

/** Prices an order. Fails as `quotePurchase` or `changePlan` does, or as `priceOfPlan` says. */
export function priceOrder(
  books: Books,
  order: Order,
  usedByAll: number,
  now: number,
): Result<OrderTerms> {
  if (order.kind === 'plan') return pricePlan(books, order, now)
  const quoted = quotePurchase(books, { ...order, purchaseId: 'quote' }, usedByAll, now)
  if (!quoted.ok) return quoted
  const quote = pricedOffer(quoted.data)
  const { offer, quantity, credits, bonus, listPrice, price } = quote
  const name = timesName(quantity, offer.name)
  return success({ kind: 'offer', name, credits, bonus, listPrice, price, quote })
}

/**
 * What changing to a larger plan costs now: by the catalog's rule its whole price (`fresh`), what it
 * costs more (`difference`), or that for the rest of the cycle (`prorated`). Fails with
 * `plan_by_agreement`, with `plan_is_no_upgrade` where nothing is to be paid, or as `changePlan`.
 */
function pricePlan(
  books: Books,
  { planId, seats }: Extract<Order, { kind: 'plan' }>,
  now: number,
): Result<OrderTerms> {
  const { account } = books
  const plan = findPlan(catalogAt(account, now), planId)
  const effect = changePlan(books, { changeId: 'quote', planId, seats }, now)
  if (!effect.ok) return effect
  const after = priceOfPlan(termsOf(account, planId, seats, now))
  if (!plan || !after) {
    return failure('plan_by_agreement', 'This plan is made to measure. Ask for an offer.', {
      planId,
    })
  }
  if (effect.data.direction !== 'upgrade') {
    return failure('plan_is_no_upgrade', 'Changing to this plan costs nothing now.', { planId })
  }
  const price = dueNow(books, after, now)
  if (!price.ok) return price
  const name = seats === 1 ? `${plan.name} plan` : `${plan.name} plan, ${seats} seats`
  const listPrice = after
  const shared = { name, credits: effect.data.granted, bonus: ZERO, listPrice, price: price.data }
  return success({ kind: 'plan', ...shared, planId, seats })
}

/** What a plan costs per month, for all its seats; null if that is by agreement. */
export function priceOfPlan({ plan, seats }: Pick<Terms, 'plan' | 'seats'>): Money | null {
  if (!plan.price) return null
  return { ...plan.price, amount: plan.price.amount * (plan.perSeat ? seats : 1) }
}

function dueNow({ account }: Books, after: Money, now: number): Result<Money> {
  const before = priceOfPlan(termsAt(account, now))
  const { upgrade } = catalogAt(account, now).planChange
  if (upgrade === 'fresh' || !before) return success(after)
  if (before.currency !== after.currency) {
    return failure('plan_other_currency', 'This plan is sold in another currency.')
  }
  const more = Math.max(0, after.amount - before.amount)
  if (upgrade === 'difference') return success({ ...after, amount: more })
  const { startsAt, endsAt } = cycleOfIndex(opened(account).anchor, account.cycle)
  const part = (BigInt(more) * BigInt(endsAt - now)) / BigInt(endsAt - startsAt)
  return success({ ...after, amount: Number(part) })
}

/** The id of the entry that proves that a paid order was carried out. */
export function proofOf(purchaseId: string, terms: OrderTerms): string {
  if (terms.kind === 'plan') return `account:plan:${purchaseId}`
  if (terms.kind === 'renewal') return grantEntryId(renewalGrantId(purchaseId))
  return terms.quote.kind === 'pack'
    ? `grant:purchase:${purchaseId}`
    : `account:add-on:${purchaseId}`
}

/** The grants that a purchase brought and that the books still know. */
export function grantsOf({ balances }: Books, purchaseId: string): readonly Grant[] {
  const family = subscriptionFamily(purchaseId)
  const own = new Set([`purchase:${purchaseId}`, `bonus:${purchaseId}`, renewalGrantId(purchaseId)])
  return [...balances.values()]
    .map(({ grant }) => grant)
    .filter(
      (grant) =>
        own.has(grant.id) ||
        (grant.family === family && !grant.id.startsWith(renewalGrantId(''))) ||
        isOfPlan(grant, purchaseId),
    )
}

const isOfPlan = ({ source, id }: Grant, purchaseId: string) =>
  source === 'plan' && id.endsWith(`:${purchaseId}`)

/**
 * What a paid order writes. What was promised is granted, even if the offer, the plan or the code
 * is gone by now; ends are computed from now. `renews`: whether the seller charges for an add-on by
 * itself. Fails only for a plan that can no longer be changed to, or as `renewalEntries` does.
 */
export function orderEntries(
  books: Books,
  purchaseId: string,
  terms: OrderTerms,
  now: number,
  renews?: 'when-paid',
): Result<readonly EntryDraft[]> {
  if (terms.kind === 'offer') {
    const quote = requote(books, terms.quote, now)
    return success(purchaseEntries(books, purchaseId, quote, now, renews))
  }
  if (terms.kind === 'renewal') {
    return renewalEntries(books, purchaseId, terms.subscriptionId, now)
  }
  const { planId, seats } = terms
  const effect = changePlan(books, { changeId: purchaseId, planId, seats }, now)
  return effect.ok ? success(effect.data.entries) : effect
}
