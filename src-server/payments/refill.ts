/** Auto-refill, carried out: decided under the account's lock, charged to the saved card. */

import { opened } from '#shared/account/terms.ts'
import { cycleOfIndex } from '#shared/account/cycle.ts'
import { calendarAt } from '#shared/policy/windows.ts'
import {
  type AutoRefillSettings,
  decideRefill,
  type RefillSituation,
  remainingOf,
} from '#shared/purchase/auto-refill.ts'
import { type OrderTerms, priceOrder } from '#shared/purchase/order.ts'
import { contestOf, priceOf, stateOf } from '#shared/purchase/purchase.ts'
import { applyEvents } from './apply.ts'
import { carryOut } from './carry-out.ts'
import type { AccountNow } from '#shared/purchase/issuer.ts'
import { findPayer, lockPayer, type Payer } from './payers.ts'
import type { PaymentPorts } from './ports.ts'
import { insertPurchase, newPurchase, type PurchaseRecord, refillsOf } from './rows.ts'

export function monthOf({ books, now }: AccountNow): RefillSituation['month'] {
  const { anchor } = opened(books.account)
  const cycle = cycleOfIndex(anchor, Math.max(0, books.account.cycle))
  return calendarAt(anchor.timeZone, now, cycle).month
}

/** What auto-refill would buy now; null where the plan or the catalog sells it no more. */
export function refillTerms(
  { books, now }: AccountNow,
  { offerId, quantity }: Pick<AutoRefillSettings, 'offerId' | 'quantity'>,
): OrderTerms | null {
  const order = { kind: 'offer', offerId, quantity, promoCode: null } as const
  const priced = priceOrder(books, order, 0, now)
  if (!priced.ok || priced.data.kind !== 'offer') return null
  // A subscription would be one more each time.
  return priced.data.quote.kind === 'pack' && priced.data.price.amount > 0 ? priced.data : null
}

export function refillSituation(
  account: AccountNow,
  payer: Payer,
  settings: AutoRefillSettings,
  refills: readonly PurchaseRecord[],
): RefillSituation {
  return {
    settings,
    remaining: remainingOf(account.books.balances, account.now),
    hasCard: payer.card !== null,
    price: refillTerms(account, settings)?.price ?? null,
    attempts: refills.map(({ purchase }) => ({
      at: purchase.createdAt,
      state: stateOf(purchase),
      contest: contestOf(purchase.facts),
      price: priceOf(purchase),
    })),
    month: monthOf(account),
    now: account.now,
  }
}

/** Looks at an account's pool and buys if it is time. Safe to call at any time, from anywhere. */
export async function refill(ports: PaymentPorts, accountId: string): Promise<void> {
  const { database, issuer, ids, log } = ports
  const glance = await findPayer(database.query, accountId)
  if (!glance.refill?.enabled || !glance.card) return
  const account = await issuer.read(accountId)
  if (!account.ok) return
  const purchaseId = ids.next()
  const record = await database.transaction(async ({ query }) => {
    // Anybody else who checks now waits here, and then sees what is bought below.
    const payer = await lockPayer(query, accountId)
    if (!payer.refill) return null
    const refills = await refillsOf(query, accountId, monthOf(account.data).startsAt)
    const situation = refillSituation(account.data, payer, payer.refill, refills)
    const terms = refillTerms(account.data, payer.refill)
    if (!terms || decideRefill(situation).act !== 'buy') return null
    const created = newPurchase(ports, {
      id: purchaseId,
      accountId,
      memberId: accountId,
      by: 'auto-refill',
      terms,
      createdAt: account.data.now,
    })
    await insertPurchase(query, created)
    return created
  })
  if (!record) return
  log.info('Auto-refill buys', { purchase: purchaseId })
  ports.changed(accountId, record)
  await charge(ports, record, glance.customer ?? '')
}

/** Charges the card, or asks again what an earlier charge of the same purchase came to. */
export async function charge(
  ports: PaymentPorts,
  { purchase }: PurchaseRecord,
  customer: string,
): Promise<void> {
  const { accountId, id: purchaseId, terms } = purchase
  const key = { accountId, purchaseId }
  const { name, price } = terms
  const charged = await ports.gateway.charge({ ...key, customer, name, price })
  if (!charged.ok) {
    ports.log.warn('Auto-refill could not reach the processor', { code: charged.error.code })
    return
  }
  await applyEvents(ports, key, charged.data)
  const done = await carryOut(ports, key)
  if (!done.ok) ports.log.error('A purchase waits to be carried out', { code: done.error.code })
}
