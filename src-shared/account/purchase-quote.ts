/** What an account may buy, what it costs and what it would bring. */

import type { AddOn, Pack, Promotion } from '../catalog/offers.ts'
import { type Credits, MAX_AMOUNT, millicredits, ZERO } from '../credits/amount.ts'
import type { Money } from '../credits/money.ts'
import { failure, type Result, success } from '../result.ts'
import { expiryMoment } from './calendar.ts'
import { subscriptionGrant } from './cycle-grants.ts'
import { cycleOfIndex } from './cycle.ts'
import { findPromotion } from './promotion.ts'
import type { AccountState, Books } from './account.ts'
import { catalogAt, opened, termsAt } from './terms.ts'

export interface PurchaseRequest {
  /** Made before anything is paid; for an add-on also the id of the subscription. */
  readonly purchaseId: string
  /** A pack or an add-on of the catalog. */
  readonly offerId: string
  readonly quantity: number
  readonly promoCode: string | null
}

/** What is bought, at which price: what is kept of a quote once it is accepted. */
export interface PricedOffer {
  readonly offer: Pack | AddOn
  readonly kind: 'pack' | 'add-on'
  readonly quantity: number
  readonly credits: Credits
  /** More credits by a promo code. */
  readonly bonus: Credits
  /** Before and after a promo code. */
  readonly listPrice: Money
  readonly price: Money
  readonly promotion: Promotion | null
}

/** What a purchase costs and brings, for the person to read before paying. */
export interface PurchaseQuote extends PricedOffer {
  /** When the credits end; null for never. For an add-on that of its first cycle's credits. */
  readonly expiresAt: number | null
  /** The grants of earlier purchases whose end is put off with this one. */
  readonly extended: readonly string[]
}

export const poolFamily = (source: Pack['source']) => `pool:${source}`

/** What an account may buy at `now`, in the catalog's order. */
export function offersFor(
  account: AccountState,
  now: number,
): { readonly packs: readonly Pack[]; readonly addOns: readonly AddOn[] } {
  const { plan, catalog } = termsAt(account, now)
  const isFor = ({ plans }: Pack | AddOn) => plans === 'all' || plans.includes(plan.id)
  return {
    packs: catalog.packs.filter((pack) => maySell(plan, pack) && isFor(pack)),
    addOns: plan.addOns ? catalog.addOns.filter(isFor) : [],
  }
}

/** A pack sold as an add-on needs a plan that has add-ons. */
function maySell(plan: { packs: boolean; addOns: boolean }, pack: Pack): boolean {
  return pack.source === 'add-on' ? plan.addOns : plan.packs
}

/**
 * Prices a purchase. Fails with `offer_unknown`, `offer_not_on_plan` (with the plans that may),
 * `quantity_not_possible`, `price_too_high`, or as `findPromotion` does.
 */
export function quotePurchase(
  { account, balances }: Books,
  request: PurchaseRequest,
  usedByAll: number,
  now: number,
): Result<PurchaseQuote> {
  const found = findOffer(account, request.offerId, now)
  if (!found.ok) return found
  const { offer, kind } = found.data
  const { quantity } = request
  const { minimum, maximum } = offer.quantity
  if (!Number.isSafeInteger(quantity) || quantity < minimum || quantity > maximum) {
    const message = `Choose between ${minimum} and ${maximum}.`
    return failure('quantity_not_possible', message, { quantity, minimum, maximum })
  }
  const credits = offer.credits * quantity
  const total = offer.price.amount * quantity
  if (credits > MAX_AMOUNT || !Number.isSafeInteger(total)) {
    return failure('price_too_high', 'That is more than one purchase can hold.', { quantity })
  }
  const listPrice = { ...offer.price, amount: total }
  const reduced = reduce(account, request, credits as Credits, listPrice, usedByAll, now)
  if (!reduced.ok) return reduced
  return success({
    offer,
    kind,
    quantity,
    credits: millicredits(credits),
    listPrice,
    ...reduced.data,
    ...endsOf({ account, balances }, offer, now),
  })
}

/** What is kept of a quote: its ends are computed when it is paid (`requote`). */
export function pricedOffer({ expiresAt: _, extended: __, ...priced }: PurchaseQuote): PricedOffer {
  return priced
}

/** The quote of what was priced, with the ends of credits that come at `now`. */
export function requote(books: Books, priced: PricedOffer, now: number): PurchaseQuote {
  return { ...priced, ...endsOf(books, priced.offer, now) }
}

function endsOf(
  { account, balances }: Books,
  offer: Pack | AddOn,
  now: number,
): Pick<PurchaseQuote, 'expiresAt' | 'extended'> {
  const expiresAt = endOf(account, offer, now)
  const isPool = 'expiry' in offer && offer.expiry.kind === 'pool'
  if (!isPool || expiresAt === null) return { expiresAt, extended: [] }
  const extended = [...balances.values()]
    .map(({ grant }) => grant)
    .filter(({ family, expiresAt: end }) => {
      return family === poolFamily(offer.source) && end !== null && now < end && end < expiresAt
    })
    .map(({ id }) => id)
  return { expiresAt, extended }
}

function findOffer(
  account: AccountState,
  offerId: string,
  now: number,
): Result<{ readonly offer: Pack | AddOn; readonly kind: PurchaseQuote['kind'] }> {
  const catalog = catalogAt(account, now)
  const pack = catalog.packs.find(({ id }) => id === offerId)
  const offer = pack ?? catalog.addOns.find(({ id }) => id === offerId)
  if (!offer) {
    return failure('offer_unknown', 'This is not on offer any more. Choose another.', { offerId })
  }
  const { packs, addOns } = offersFor(account, now)
  if ([...packs, ...addOns].includes(offer)) {
    return success({ offer, kind: pack ? 'pack' : 'add-on' })
  }
  const allowed = catalog.plans.filter(
    (plan) =>
      plan.offered &&
      (offer.plans === 'all' || offer.plans.includes(plan.id)) &&
      (pack ? maySell(plan, pack) : plan.addOns),
  )
  const { plan } = termsAt(account, now)
  const names = allowed.map(({ name }) => name).join(', ')
  return failure(
    'offer_not_on_plan',
    `The ${plan.name} plan cannot buy this.${names ? ` These plans can: ${names}.` : ''}`,
    { offerId, plans: allowed.map(({ id }) => id) },
  )
}

/** What a promo code makes of a purchase. Money is rounded down for the buyer's good. */
function reduce(
  account: AccountState,
  { promoCode }: PurchaseRequest,
  credits: Credits,
  price: Money,
  usedByAll: number,
  now: number,
): Result<Pick<PurchaseQuote, 'bonus' | 'price' | 'promotion'>> {
  if (promoCode === null) return success({ bonus: ZERO, price, promotion: null })
  const found = findPromotion(account, promoCode, usedByAll, now)
  if (!found.ok) return found
  const promotion = found.data
  const { gives, code, minimumCredits } = promotion
  if (minimumCredits !== undefined && credits < minimumCredits) {
    return failure('promo_needs_more', 'This code is for larger purchases.', {
      code,
      minimumCredits,
    })
  }
  switch (gives.kind) {
    case 'credits':
      return failure('promo_is_credits', 'This code gives credits by itself: redeem it.', { code })
    case 'bonus': {
      const bonus = millicredits(Number((BigInt(credits) * BigInt(gives.percent)) / 100n))
      return success({ bonus, price, promotion })
    }
    case 'percent-off': {
      const amount = Number((BigInt(price.amount) * BigInt(100 - gives.percent)) / 100n)
      return success({ bonus: ZERO, price: { ...price, amount }, promotion })
    }
    case 'amount-off': {
      if (gives.off.currency !== price.currency) {
        return failure('promo_other_currency', 'This code is for another currency.', { code })
      }
      const amount = Math.max(0, price.amount - gives.off.amount)
      return success({ bonus: ZERO, price: { ...price, amount }, promotion })
    }
  }
}

function endOf(account: AccountState, offer: Pack | AddOn, now: number): number | null {
  const { anchor } = opened(account)
  if ('expiry' in offer) return expiryMoment(offer.expiry, now, anchor.timeZone)
  const cycle = cycleOfIndex(anchor, account.cycle)
  const subscription = { id: '', addOnId: offer.id, quantity: 1, endsFrom: null }
  return subscriptionGrant(account, subscription, cycle, now)?.expiresAt ?? null
}
