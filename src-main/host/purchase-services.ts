/** The calls of the Get credits panel, of the billing history and of contested charges. */

import type { HostParts } from './parts.ts'
import { opened } from './opened.ts'
import type { WorkspaceKeeper } from './workspace-keeper.ts'
import { offersView, quoteView } from '../purchase/purchases.ts'
import { priceOrder } from '#shared/purchase/order.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import { ZERO } from '#shared/credits/amount.ts'
import { failure, type Result, success } from '#shared/result.ts'

export function purchaseServices(_parts: HostParts, keeper: WorkspaceKeeper) {
  const notYet = (): Result<never> =>
    failure('payments_unavailable', 'Nothing can be bought on this machine yet.')
  return {
    'purchase.panel': opened<'purchase.panel'>(keeper, (_input, { authority, ledger }) => {
      const upToDate = authority.bringUpToDate()
      if (!upToDate.ok) return upToDate
      const now = ledger.now()
      const offers = offersView(authority.books(), now)
      const [first] = offers.packs
      const none = { amount: 0, currency: first?.item.price.currency ?? 'USD' }
      return success({
        now,
        processor: 'sandbox',
        test: true,
        needsNetwork: false,
        available: availableAt(ledger.buckets(), now),
        ...offers,
        card: null,
        autoRefill: {
          enabled: false,
          threshold: ZERO,
          offerId: first?.item.id ?? '',
          quantity: 1,
          monthlyLimit: none,
          price: null,
          usedThisMonth: none,
          lastAt: null,
          waits: { reason: 'off', until: null },
        },
        pending: [],
      })
    }),
    'purchase.quote': opened<'purchase.quote'>(keeper, ({ order }, { authority, ledger }) => {
      const upToDate = authority.bringUpToDate()
      if (!upToDate.ok) return upToDate
      const [books, now] = [authority.books(), ledger.now()]
      const priced = priceOrder(books, order, 0, now)
      return priced.ok ? success(quoteView(books, priced.data, { now, taxKnown: true })) : priced
    }),
    'purchase.start': notYet,
    'purchase.resume': notYet,
    'purchase.cancel': notYet,
    'purchase.read': notYet,
    'purchase.history': () => success({ purchases: [], nextBefore: null }),
    'purchase.refund': notYet,
    'card.setup': notYet,
    'card.remove': notYet,
    'autoRefill.set': notYet,
    'charge.report': notYet,
    'charge.reports': () => success([]),
    'charge.open': notYet,
    'charge.answer': notYet,
  }
}
