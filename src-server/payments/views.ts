/** A purchase as people see it. */

import type { Books } from '#shared/account/account.ts'
import type { PurchaseView, ReceiptView } from '#shared/host/purchase.ts'
import { contestOf, type Purchase, refunded, stateOf } from '#shared/purchase/purchase.ts'
import { refundableMoney, unspentOf } from '#shared/purchase/take-back.ts'
import type { PurchaseRecord } from './rows.ts'

/** Longer than this between paying and hearing of it is told. */
const SLOW_MS = 60_000
const SLOW_PAGE_MS = 15 * 60_000

/** `books` null: what could be paid back is not computed. */
export function purchaseView(
  record: PurchaseRecord,
  books: Books | null,
  now: number,
): PurchaseView {
  const { purchase, payUrl, payUntil } = record
  const { terms, facts } = purchase
  const state = stateOf(purchase)
  const canPay =
    (state === 'pending' || state === 'declined') &&
    purchase.by === 'person' &&
    payUntil !== null &&
    now < payUntil
  const refundable =
    books && isRefundable(record)
      ? refundableMoney(purchase, unspentOf(books, purchase).available)
      : 0
  return {
    id: purchase.id,
    state,
    by: purchase.by,
    name: terms.name,
    credits: terms.credits,
    bonus: terms.bonus,
    promoCode: terms.kind === 'offer' ? (terms.quote.promotion?.code ?? null) : null,
    listPrice: terms.listPrice,
    price: terms.price,
    createdAt: purchase.createdAt,
    updatedAt: record.updatedAt,
    decline: facts.paid ? null : (facts.declined?.code ?? null),
    payUrl: canPay ? payUrl : null,
    payUntil: canPay ? payUntil : null,
    slow: isSlow(purchase, now),
    receipt: receipt(record),
    contest: contestOf(facts),
    refunded: { ...terms.price, amount: refunded(facts) },
    refundable: { ...terms.price, amount: refundable },
    test: record.test,
  }
}

/** A plan is changed, not given back. */
export function isRefundable({ purchase }: PurchaseRecord): boolean {
  return stateOf(purchase) === 'granted' && purchase.terms.kind !== 'plan'
}

function isSlow(purchase: Purchase, now: number): boolean {
  const { paid, openedAt } = purchase.facts
  const state = stateOf(purchase)
  if (state === 'paid') return paid !== null && now - paid.at > SLOW_MS
  if (state === 'created') return now - purchase.createdAt > SLOW_MS
  return state === 'pending' && openedAt !== null && now - openedAt > SLOW_PAGE_MS
}

function receipt({ purchase, card, receiptUrl }: PurchaseRecord): ReceiptView | null {
  const { paid } = purchase.facts
  if (!paid) return null
  const { currency } = purchase.terms.price
  return {
    number: `TS-${purchase.id.replaceAll('-', '').slice(-8).toUpperCase()}`,
    at: paid.at,
    total: { amount: paid.total, currency },
    tax: { amount: paid.tax, currency },
    card: card && { brand: card.brand, lastFour: card.lastFour },
    url: receiptUrl,
  }
}
