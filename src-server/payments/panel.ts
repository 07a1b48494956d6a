/** The Get credits panel of an account. */

import { catalogAt } from '#shared/account/terms.ts'
import { type Credits, MILLICREDITS_PER_CREDIT, millicredits } from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import type { AutoRefillView, PurchasePanelView } from '#shared/host/purchase.ts'
import { type AutoRefillSettings, decideRefill, refilledIn } from '#shared/purchase/auto-refill.ts'
import { isOpen, stateOf } from '#shared/purchase/purchase.ts'
import type { AccountNow } from '#shared/purchase/issuer.ts'
import { offersView } from './offer-views.ts'
import { findPayer, type Payer } from './payers.ts'
import type { PaymentPorts } from './ports.ts'
import { monthOf, refillSituation } from './refill.ts'
import { type PurchaseRecord, purchasesIn, refillsOf } from './rows.ts'
import { purchaseView } from './views.ts'

const MOST_PENDING = 20
/** A refusal is shown this long; then it is history. */
const REFUSED_FOR_MS = 24 * 60 * 60_000

export async function panelOf(
  { database, gateway }: PaymentPorts,
  accountId: string,
  account: AccountNow,
): Promise<PurchasePanelView> {
  const { books, now } = account
  const { query } = database
  const payer = await findPayer(query, accountId)
  const states = ['created', 'pending', 'paid', 'declined'] as const
  const waiting = await purchasesIn(query, accountId, states, MOST_PENDING)
  const refills = await refillsOf(query, accountId, monthOf(account).startsAt)
  const paid = [...books.balances.values()].filter(({ grant }) => grant.source !== 'overage')
  return {
    now,
    processor: gateway.name,
    test: gateway.test,
    needsNetwork: !gateway.local,
    available: availableAt(paid, now),
    ...offersView(books, now),
    card: payer.card,
    autoRefill: refillView(account, payer, refills),
    pending: waiting
      .filter(({ purchase, updatedAt }) => {
        return stateOf(purchase) !== 'declined' || now - updatedAt < REFUSED_FOR_MS
      })
      .filter(({ purchase, payUntil }) => {
        return !isOpen(stateOf(purchase)) || payUntil === null || now < payUntil
      })
      .map((record) => purchaseView(record, null, now)),
  }
}

/** What is offered to whoever switches it on: the first pack, up to five of them a month. */
function suggestedRefill({ books, now }: AccountNow): AutoRefillSettings {
  const { packs } = catalogAt(books.account, now)
  const [pack] = packs
  const price = pack?.price ?? { amount: 0, currency: 'USD' }
  return {
    enabled: false,
    threshold: aFifth(pack?.credits ?? 0),
    offerId: pack?.id ?? '',
    quantity: pack?.quantity.minimum ?? 1,
    monthlyLimit: { ...price, amount: price.amount * (pack?.quantity.minimum ?? 1) * 5 },
    changedAt: 0,
  }
}

/** Whole credits, at least one. */
function aFifth(credits: number): Credits {
  const whole = Math.floor(credits / (5 * MILLICREDITS_PER_CREDIT))
  return millicredits(Math.max(1, whole) * MILLICREDITS_PER_CREDIT)
}

function refillView(
  account: AccountNow,
  payer: Payer,
  refills: readonly PurchaseRecord[],
): AutoRefillView {
  const settings = payer.refill ?? suggestedRefill(account)
  const situation = refillSituation(account, payer, settings, refills)
  const decision = decideRefill(situation)
  const bought = refills.filter(({ purchase }) => purchase.facts.paid !== null)
  const lastAt = Math.max(0, ...bought.map(({ purchase }) => purchase.createdAt))
  const { changedAt: _, ...shown } = settings
  const { currency } = settings.monthlyLimit
  return {
    ...shown,
    price: situation.price,
    usedThisMonth: { currency, amount: refilledIn(situation, currency) },
    lastAt: lastAt === 0 ? null : lastAt,
    waits: decision.act === 'buy' ? null : { reason: decision.reason, until: decision.until },
  }
}
