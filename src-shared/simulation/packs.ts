/** Buying a pack the moment credits run out, as a person would. */

import { offersFor, quotePurchase } from '../account/purchase-quote.ts'
import { purchaseEntries } from '../account/purchase.ts'
import type { Books } from '../account/account.ts'
import type { Pack } from '../catalog/offers.ts'
import type { Credits } from '../credits/amount.ts'
import type { Money } from '../credits/money.ts'
import type { EntryDraft } from '../journal/journal.ts'
import { addMoney } from './month.ts'

export interface Shortage {
  readonly operation: string
  readonly missing: Credits
  readonly at: number
}

export interface Bought {
  readonly entries: readonly EntryDraft[]
  readonly packs: number
  readonly credits: Credits
  addTo(money: Money | null): Money | null
}

/**
 * The cheapest purchase that covers what is missing: the fewest of one pack that suffice, at the
 * lowest price. Null if nothing on offer does.
 */
export function buyPacks(books: Books, purchaseId: string, shortage: Shortage): Bought | null {
  const { operation, missing, at } = shortage
  const quotes = offersFor(books.account, at)
    .packs.filter(({ operations }) => operations === 'all' || operations.includes(operation))
    .flatMap((pack) => {
      const quantity = quantityFor(pack, missing)
      const request = { purchaseId, offerId: pack.id, quantity, promoCode: null }
      const quoted = quotePurchase(books, request, 0, at)
      return quoted.ok && quoted.data.credits >= missing ? [quoted.data] : []
    })
    .sort((left, right) => left.price.amount - right.price.amount)
  const [quote] = quotes
  if (!quote) return null
  return {
    entries: purchaseEntries(books, purchaseId, quote, at),
    packs: quote.quantity,
    credits: quote.credits,
    addTo: (money) => addMoney(money, quote.price),
  }
}

const quantityFor = ({ credits, quantity }: Pack, missing: Credits) =>
  Math.max(quantity.minimum, Math.ceil(missing / credits))
