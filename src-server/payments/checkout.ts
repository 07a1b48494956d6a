/** From an order to the processor's page, and cancelling it. */

import type { Order } from '#shared/purchase/order.ts'
import { type OrderTerms, priceOrder } from '#shared/purchase/order.ts'
import type { Money } from '#shared/credits/money.ts'
import { isOpen, receive, stateOf } from '#shared/purchase/purchase.ts'
import { noteAsked } from '#shared/purchase/planned.ts'
import { refundableMoney, unspentOf } from '#shared/purchase/take-back.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { isAddOn, isChargedAgain } from './add-ons.ts'
import { applyEvents } from './apply.ts'
import { carryOut } from './carry-out.ts'
import type { PurchaseKey } from './gateway.ts'
import type { AccountNow } from '#shared/purchase/issuer.ts'
import { tried } from '../store/promo-tries.ts'
import { changePayer, findPayer, lockPayer } from './payers.ts'
import type { PaymentPorts } from './ports.ts'
import { takeUse, usesOf } from './promo-uses.ts'
import { look } from './reconcile.ts'
import {
  changePurchase,
  findPurchase,
  insertPurchase,
  newPurchase,
  type PurchaseRecord,
  purchasesIn,
} from './rows.ts'
import { isRefundable } from './views.ts'

const DAY_MS = 24 * 60 * 60_000
/** The most open pages of one account at a time. */
const MOST_OPEN = 20

export interface StartRequest extends PurchaseKey {
  readonly memberId: string
  readonly order: Order
  /** What the person read and accepted. */
  readonly acceptedPrice: Money
}

const notHere = () => failure('purchase_unknown', 'There is no such purchase.')

/** Prices an order, with the guard against guessing codes. */
export async function price(
  { database, issuer, log }: PaymentPorts,
  accountId: string,
  order: Order,
): Promise<Result<AccountNow & { readonly terms: OrderTerms }>> {
  const account = await issuer.read(accountId)
  if (!account.ok) return account
  const { books, now } = account.data
  const code = order.kind === 'offer' ? order.promoCode : null
  const { query } = database
  const priceIt = async () => {
    const used = code === null ? 0 : await usesOf(query, code.trim().toUpperCase())
    return priceOrder(books, order, used, now)
  }
  const priced = await (code === null ? priceIt() : tried(query, accountId, now, priceIt))
  if (priced.ok) return success({ ...account.data, terms: priced.data })
  if (priced.error.code === 'promo_too_many_tries') {
    log.warn('Promo codes are tried too often', { account: accountId })
  }
  return priced
}

/**
 * Begins a purchase: writes it down, then asks the processor for its page. The same id again is the
 * same purchase. Fails as `priceOrder` does, with `price_changed`, `purchase_exists`,
 * `too_many_pending`, or as the processor does; the row then stays and can be resumed.
 */
export async function start(
  ports: PaymentPorts,
  request: StartRequest,
): Promise<Result<PurchaseRecord>> {
  const { database, clock, log } = ports
  const { accountId, purchaseId, memberId, order, acceptedPrice } = request
  const known = await findPurchase(database.query, request)
  if (known) return sameOrder(known, order) ? openPage(ports, known) : exists()
  const priced = await price(ports, accountId, order)
  if (!priced.ok) return priced
  const { terms } = priced.data
  const { amount, currency } = terms.price
  if (acceptedPrice.amount !== amount || acceptedPrice.currency !== currency) {
    log.warn('A purchase was asked for at another price', { purchase: purchaseId })
    const message = 'The price has changed. Look at it again.'
    return failure('price_changed', message, { price: terms.price })
  }
  const about = { id: purchaseId, accountId, memberId, by: 'person', terms } as const
  const record = newPurchase(ports, { ...about, createdAt: clock.now() })
  const written = await database.transaction(async ({ query }): Promise<Result<PurchaseRecord>> => {
    await lockPayer(query, accountId)
    const again = await findPurchase(query, request)
    if (again) return success(again)
    const waiting = await purchasesIn(query, accountId, ['created', 'pending'], MOST_OPEN)
    if (waiting.length >= MOST_OPEN) {
      return failure('too_many_pending', 'Pay or cancel what is open first.')
    }
    const promotion = terms.kind === 'offer' ? terms.quote.promotion : null
    if (promotion) {
      const use = { accountId, useId: purchaseId, at: record.purchase.createdAt }
      const taken = await takeUse(query, promotion, use)
      if (!taken.ok) return taken
    }
    await insertPurchase(query, record)
    return success(record)
  })
  if (!written.ok) return written
  ports.changed(accountId, written.data)
  const isFree = amount === 0 && !isChargedAgain(ports.gateway, terms)
  return isFree ? free(ports, written.data) : openPage(ports, written.data)
}

const exists = () => failure('purchase_exists', 'This purchase was begun with something else.')

function sameOrder({ purchase: { terms } }: PurchaseRecord, order: Order): boolean {
  if (terms.kind === 'plan') {
    return order.kind === 'plan' && order.planId === terms.planId && order.seats === terms.seats
  }
  if (terms.kind === 'renewal') return false
  const { offer, quantity, promotion } = terms.quote
  return (
    order.kind === 'offer' &&
    order.offerId === offer.id &&
    order.quantity === quantity &&
    (order.promoCode?.trim().toUpperCase() ?? null) === (promotion?.code ?? null)
  )
}

/** A code took the whole price off: there is nothing to pay. */
async function free(ports: PaymentPorts, record: PurchaseRecord): Promise<Result<PurchaseRecord>> {
  const { accountId, id: purchaseId, terms } = record.purchase
  const key = { accountId, purchaseId }
  const { currency } = terms.price
  const payment = `free:${purchaseId}`
  const paid = { type: 'paid', payment, total: 0, tax: 0, currency, at: ports.clock.now() } as const
  await applyEvents(ports, key, { reference: null, events: [paid], card: null, receiptUrl: null })
  const done = await carryOut(ports, key)
  return done.ok ? reread(ports, key) : done
}

async function reread(
  { database }: PaymentPorts,
  key: PurchaseKey,
): Promise<Result<PurchaseRecord>> {
  const record = await findPurchase(database.query, key)
  return record ? success(record) : notHere()
}

/** The customer of an account at the processor, asked for once. */
export async function customerOf(ports: PaymentPorts, accountId: string): Promise<Result<string>> {
  const { customer } = await findPayer(ports.database.query, accountId)
  if (customer !== null) return success(customer)
  const made = await ports.gateway.customerFor(accountId)
  if (made.ok) await changePayer(ports.database, accountId, { customer: made.data })
  return made
}

async function openPage(
  ports: PaymentPorts,
  record: PurchaseRecord,
): Promise<Result<PurchaseRecord>> {
  const { purchase } = record
  if (!isOpen(stateOf(purchase))) return success(record)
  const { payUntil: until } = record
  // The sandbox's address may have changed with a start; others stay.
  const isThere = !ports.gateway.local && until !== null && ports.clock.now() < until
  if (isThere) return success(record)
  const { accountId, id: purchaseId, terms } = purchase
  const customer = await customerOf(ports, accountId)
  if (!customer.ok) return customer
  const checkout = await ports.gateway.openCheckout({
    accountId,
    purchaseId,
    customer: customer.data,
    name: terms.name,
    price: terms.price,
    renewsAt: isAddOn(terms) ? terms.listPrice : null,
    expiresAt: purchase.createdAt + DAY_MS - 60_000,
  })
  if (!checkout.ok) return checkout
  const { reference, url: payUrl, expiresAt: payUntil } = checkout.data
  const now = ports.clock.now()
  const saved = await changePurchase(ports.database, { accountId, purchaseId }, now, (known) => {
    const opened = receive(known.purchase, { type: 'opened', at: now })
    return { ...known, purchase: opened.purchase, reference, payUrl, payUntil }
  })
  if (!saved) return notHere()
  ports.changed(accountId, saved)
  return success(saved)
}

/** The page of an open purchase again; `purchase_closed` if it can no longer be paid. */
export async function resume(
  ports: PaymentPorts,
  key: PurchaseKey,
): Promise<Result<PurchaseRecord>> {
  const record = await findPurchase(ports.database.query, key)
  if (!record) return notHere()
  await look(ports, record)
  const current = await reread(ports, key)
  if (!current.ok) return current
  const { purchase } = current.data
  if (!isOpen(stateOf(purchase)) || purchase.by !== 'person') {
    return failure('purchase_closed', 'There is nothing to pay here any more.')
  }
  return openPage(ports, current.data)
}

/** Cancels a purchase. If it was paid meanwhile it stays paid: `purchase_paid`. */
export async function cancel(
  ports: PaymentPorts,
  key: PurchaseKey,
): Promise<Result<PurchaseRecord>> {
  const record = await findPurchase(ports.database.query, key)
  if (!record) return notHere()
  const { id, facts } = record.purchase
  if (!facts.paid && !isOpen(stateOf(record.purchase))) return success(record)
  if (!facts.paid && record.reference !== null) {
    const closed = await ports.gateway.closeCheckout(record.reference)
    if (!closed.ok) return closed
    await look(ports, record)
  }
  const current = await reread(ports, key)
  if (!current.ok) return current
  const { paid, ended } = current.data.purchase.facts
  if (paid) {
    const message = 'This is paid already. You can have what is unspent refunded.'
    return failure('purchase_paid', message, { purchaseId: id })
  }
  const now = ports.clock.now()
  // The buyer's word comes before the page's own end.
  const event = { type: 'cancelled', at: Math.min(now, ended?.at ?? now) } as const
  const seen = { reference: null, events: [event], card: null, receiptUrl: null }
  const cancelled = await applyEvents(ports, key, seen)
  return cancelled ? success(cancelled) : notHere()
}

/**
 * Takes back what is unspent, then sends back its share of the money. Fails with `nothing_to_refund`;
 * where the processor cannot be reached the money follows by itself.
 */
export async function refund(
  ports: PaymentPorts,
  key: PurchaseKey,
): Promise<Result<PurchaseRecord>> {
  const record = await findPurchase(ports.database.query, key)
  if (!record) return notHere()
  const { purchase } = record
  const account = await ports.issuer.read(key.accountId)
  if (!account.ok) return account
  const { available } = unspentOf(account.data.books, purchase)
  if (!isRefundable(record) || refundableMoney(purchase, available) === 0) {
    return failure('nothing_to_refund', 'Nothing of this purchase is left to be refunded.')
  }
  const asked = await changePurchase(ports.database, key, ports.clock.now(), (known) => ({
    ...known,
    purchase: noteAsked(known.purchase),
  }))
  if (asked) ports.changed(key.accountId, asked)
  const done = await carryOut(ports, key)
  if (!done.ok) ports.log.warn('A refund waits for the processor', { code: done.error.code })
  return reread(ports, key)
}
