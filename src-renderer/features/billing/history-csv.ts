/** The billing history as CSV (RFC 4180): one line for each purchase. */

import { creditsToDecimal } from '#shared/credits/amount.ts'
import type { Money } from '#shared/credits/money.ts'
import type { PurchaseView } from '#shared/host/purchase.ts'
import { csvLine } from '#shared/usage/csv.ts'

type Column = readonly [string, (purchase: PurchaseView) => string | null]

const COLUMNS: readonly Column[] = [
  ['Date', ({ createdAt }) => new Date(createdAt).toISOString()],
  ['Purchase', ({ name }) => name],
  ['Bought by', ({ by }) => by],
  ['State', ({ state }) => state],
  ['Refused because', ({ decline }) => decline],
  ['Credits', ({ credits }) => creditsToDecimal(credits)],
  ['Bonus credits', ({ bonus }) => creditsToDecimal(bonus)],
  ['Promo code', ({ promoCode }) => promoCode],
  ['List price', ({ listPrice }) => decimal(listPrice)],
  ['Price', ({ price }) => decimal(price)],
  ['Tax', ({ receipt }) => receipt && decimal(receipt.tax)],
  ['Paid', ({ receipt }) => receipt && decimal(receipt.total)],
  ['Paid at', ({ receipt }) => receipt && new Date(receipt.at).toISOString()],
  ['Refunded', ({ refunded }) => decimal(refunded)],
  ['Currency', ({ price }) => price.currency],
  ['Receipt', ({ receipt }) => receipt?.number ?? null],
  [
    'Card',
    ({ receipt }) => (receipt?.card ? `${receipt.card.brand} ${receipt.card.lastFour}` : null),
  ],
  ['Test money', ({ test }) => (test ? 'yes' : 'no')],
  ['Purchase id', ({ id }) => id],
]

export function purchasesToCsv(purchases: readonly PurchaseView[]): string {
  const head = COLUMNS.map(([name]) => name)
  const lines = purchases.map((purchase) => COLUMNS.map(([, cellOf]) => cellOf(purchase)))
  return [head, ...lines].map(csvLine).join('')
}

/** `20.00`: without a sign, with as many decimals as the currency has. */
function decimal({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  if (digits === 0) return String(amount)
  const text = String(amount).padStart(digits + 1, '0')
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`
}
