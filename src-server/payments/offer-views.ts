/** What can be bought, and why the rest cannot, as the panel shows it. */

import type { AccountState, Books } from '#shared/account/account.ts'
import { cycleOfIndex, nextCycle } from '#shared/account/cycle.ts'
import { offersFor } from '#shared/account/purchase-quote.ts'
import { catalogAt, opened, planTermAt, termsAt } from '#shared/account/terms.ts'
import type { AddOn, Pack } from '#shared/catalog/offers.ts'
import type { Plan } from '#shared/catalog/plans.ts'
import { addCredits, type Credits, ZERO } from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import type {
  OrderQuoteView,
  PlanUpgrade,
  PurchaseBlock,
  PurchaseOffer,
} from '#shared/host/purchase.ts'
import { orderEntries, type OrderTerms, priceOrder } from '#shared/purchase/order.ts'

export interface OffersView {
  readonly packs: readonly PurchaseOffer<Pack>[]
  readonly addOns: readonly PurchaseOffer<AddOn>[]
  readonly plans: readonly PlanUpgrade[]
  /** When credits come by themselves. */
  readonly refillAt: number
  readonly block: PurchaseBlock | null
}

export function offersView(books: Books, now: number): OffersView {
  const { account } = books
  const { catalog, plan } = termsAt(account, now)
  const may = offersFor(account, now)
  const packs = catalog.packs.map((item) => offer(account, item, may.packs.includes(item), now))
  const addOns = catalog.addOns.map((item) => offer(account, item, may.addOns.includes(item), now))
  const plans = upgrades(books, now)
  const isNone = [...packs, ...addOns, ...plans].every(({ block }) => block !== null)
  return {
    packs,
    addOns,
    plans,
    refillAt: refillAt(account),
    block: isNone
      ? {
          code: 'nothing_on_offer',
          message: `The ${plan.name} plan buys no credits. They come again with the next cycle.`,
          helps: { plans: [], people: [], refillAt: refillAt(account) },
        }
      : null,
  }
}

function offer<Item extends Pack | AddOn>(
  account: AccountState,
  item: Item,
  may: boolean,
  now: number,
): PurchaseOffer<Item> {
  if (may) return { item, block: null }
  const { plan } = termsAt(account, now)
  const plans = plansThatMay(catalogAt(account, now).plans, item)
  const names = plans.map(({ name }) => name).join(', ')
  const message = `The ${plan.name} plan cannot buy this.${names ? ` These plans can: ${names}.` : ''}`
  const helps = { plans, people: [], refillAt: refillAt(account) }
  return { item, block: { code: 'not_on_plan', message, helps } }
}

function plansThatMay(plans: readonly Plan[], item: Pack | AddOn) {
  const sold = (plan: Plan) =>
    'rollover' in item || item.source === 'add-on' ? plan.addOns : plan.packs
  return plans
    .filter(({ offered, id }) => offered && (item.plans === 'all' || item.plans.includes(id)))
    .filter(sold)
    .map(({ id, name }) => ({ id, name }))
}

const refillAt = (account: AccountState) =>
  nextCycle(opened(account).anchor, cycleOfIndex(opened(account).anchor, account.cycle)).startsAt

/** The plans on offer that bring more than the present one, at the seats of now. */
function upgrades(books: Books, now: number): readonly PlanUpgrade[] {
  const { account } = books
  const { planId, seats } = planTermAt(account, now)
  const present = termsAt(account, now)
  return present.catalog.plans
    .filter((plan) => plan.offered && plan.id !== planId)
    .filter((plan) => plan.price === null || isMore(plan, seats, present.allowance))
    .map((plan) => {
      const priced = priceOrder(books, { kind: 'plan', planId: plan.id, seats }, 0, now)
      if (priced.ok) {
        const { price, credits } = priced.data
        return { plan, seats, price, credits, block: null }
      }
      const { code, message } = priced.error
      const helps = { plans: [], people: [], refillAt: null }
      return { plan, seats, price: null, credits: ZERO, block: { code, message, helps } }
    })
}

const isMore = ({ allowance, perSeat }: Plan, seats: number, than: Credits) =>
  allowance * (perSeat ? seats : 1) > than

/** An order as it was priced, for the person to read. `taxKnown`: no tax is added on the page. */
export function quoteView(
  books: Books,
  terms: OrderTerms,
  { now, taxKnown }: { readonly now: number; readonly taxKnown: boolean },
): OrderQuoteView {
  const { name, credits, bonus, listPrice, price } = terms
  const paid = [...books.balances.values()].filter(({ grant }) => grant.source !== 'overage')
  const quote = terms.kind === 'offer' ? terms.quote : null
  const promotion = quote?.promotion ?? null
  const { own, extra, extended } = broughtBy(books, terms, now)
  return {
    name,
    credits,
    bonus,
    listPrice,
    price,
    tax: taxKnown ? { ...price, amount: 0 } : null,
    promotion: promotion && { code: promotion.code, name: promotion.name },
    expiresAt: own?.expiresAt ?? null,
    bonusExpiresAt: extra?.expiresAt ?? null,
    extends: extended,
    availableAfter: addCredits(availableAt(paid, now), credits, bonus),
    renews: quote?.kind === 'add-on',
  }
}

/** What an order would write now: its own grant, what a code adds, and how many others it extends. */
function broughtBy(books: Books, terms: OrderTerms, now: number) {
  const entries = orderEntries(books, 'quote', terms, now)
  const facts = entries.ok ? entries.data.map((entry) => entry.facts) : []
  const grants = facts.flatMap((one) => (one.kind === 'grant' ? [one.grant] : []))
  return {
    own: grants.find(({ source }) => source !== 'promo' && source !== 'overage'),
    extra: grants.find(({ source }) => source === 'promo'),
    extended: facts.reduce(
      (sum, one) => (one.kind === 'extend' ? sum + one.grantIds.length : sum),
      0,
    ),
  }
}
