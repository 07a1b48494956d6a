/** The window's calls for buying, and for charges that look wrong. */

import { z } from 'zod'
import { call } from '../ports/contract.ts'
import { orderSchema } from '../purchase/order.ts'
import { autoRefillSchema, chargeAnswerSchema } from '../purchase/views.ts'
import {
  type ChargeReportDetail,
  chargeReportSchema,
  type ChargeReportView,
  type CheckoutView,
  type HistoryPage,
  type OrderQuoteView,
  type PageView,
  type PurchasePanelView,
  type PurchaseView,
} from './purchase.ts'
import { pageLimit, uuid } from './requests.ts'

const nothing = z.strictObject({})

export const purchaseCalls = {
  /** What the Get credits panel shows. */
  'purchase.panel': call<PurchasePanelView>()(nothing),
  /** Prices an order; fails as `priceOrder` does, `promo_too_many_tries` among others. */
  'purchase.quote': call<OrderQuoteView>()(z.strictObject({ order: orderSchema })),
  /**
   * Begins a purchase and opens the processor's page in the system browser. The price is computed
   * again: if it differs from what the person accepted, it is refused with `price_changed`.
   */
  'purchase.start': call<CheckoutView>()(
    z.strictObject({
      /** Made by the window before it asks, so that a repeated start is the same purchase. */
      purchaseId: uuid,
      order: orderSchema,
      acceptedPrice: z.strictObject({ amount: z.int().min(0), currency: z.string().length(3) }),
    }),
  ),
  /** Opens the page of a purchase that is not paid yet once more. */
  'purchase.resume': call<CheckoutView>()(z.strictObject({ purchaseId: uuid })),
  /** Cancels a purchase that is not paid; `purchase_paid` if it is. */
  'purchase.cancel': call<PurchaseView>()(z.strictObject({ purchaseId: uuid })),
  'purchase.read': call<PurchaseView>()(z.strictObject({ purchaseId: uuid })),
  /** Newest first. */
  'purchase.history': call<HistoryPage>()(
    z.strictObject({ before: uuid.optional(), limit: pageLimit }),
  ),
  /** Takes back what is unspent and sends back its share of the money; `nothing_to_refund`. */
  'purchase.refund': call<PurchaseView>()(z.strictObject({ purchaseId: uuid })),
  /** Opens the processor's page for another card; the panel's `card` changes once it is saved. */
  'card.setup': call<PageView>()(nothing),
  /** Opens the processor's own page for cards and receipts; `no_portal` where it has none. */
  'card.portal': call<PageView>()(nothing),
  'card.remove': call<PurchasePanelView>()(nothing),
  /** `no_card` where it is switched on without one; off is always possible. */
  'autoRefill.set': call<PurchasePanelView>()(autoRefillSchema),

  /** Sends a usage row to whoever looks after the account. Each run once: `already_reported`. */
  'charge.report': call<ChargeReportView>()(chargeReportSchema),
  'charge.reports': call<readonly ChargeReportView[]>()(nothing),
  'charge.open': call<ChargeReportDetail>()(z.strictObject({ reportId: uuid })),
  /** An admin's answer; fails as `refundEntries` does, and with `report_answered`. */
  'charge.answer': call<ChargeReportView>()(chargeAnswerSchema),
} as const
