/**
 * Buying for a team: what a machine asks its server, beside the calls of `api.ts` and like them. Whose
 * account it is and what the member may do comes from the session; a price is never taken from the
 * machine, only what the person accepted, to be compared.
 */

import { z } from 'zod'
import { call, type OutputOf } from '../ports/contract.ts'
import { orderSchema } from '../purchase/order.ts'
import {
  autoRefillSchema,
  chargeAnswerSchema,
  type ChargeReportDetail,
  type ChargeReportView,
  type HistoryPage,
  moneySchema,
  type OrderQuoteView,
  type PurchasePanelView,
  type PurchaseView,
} from '../purchase/views.ts'

const nothing = z.strictObject({})
const uuid = z.uuid()
const id = z.string().min(1).max(200)
const purchase = z.strictObject({ purchaseId: uuid })

/** A report comes with a record, lines of a log and perhaps a prompt. */
export const MAX_REPORT_BYTES = 1024 * 1024

/** Where the processor does something with the person, in a browser. */
export interface ProcessorPage {
  readonly url: string
}

/** Evidence that a member sends along; see `ChargeReportDetail`. */
const reportDraftSchema = z.strictObject({
  reportId: uuid,
  operationId: uuid,
  message: z.string().trim().min(1).max(2_000),
  record: z.string().min(2).max(200_000),
  signature: z.string().max(500).nullable(),
  publicKey: z.string().max(500).nullable(),
  log: z.string().max(200_000),
  prompt: z.string().max(400_000).nullable(),
})
export type ReportDraft = z.output<typeof reportDraftSchema>

/**
 * Members see what is bought and how it goes; buying, cards and money back are for whoever has the
 * right to `buy`, else `not_a_buyer`.
 */
export const buyingCalls = {
  'purchase.panel': call<PurchasePanelView>()(nothing),
  /** Fails as `priceOrder` does, `promo_too_many_tries` among others. */
  'purchase.quote': call<OrderQuoteView>()(z.strictObject({ order: orderSchema })),
  /** Another price than the person accepted is refused: `price_changed`. */
  'purchase.start': call<PurchaseView>()(
    z.strictObject({ purchaseId: uuid, order: orderSchema, acceptedPrice: moneySchema }),
  ),
  'purchase.resume': call<PurchaseView>()(purchase),
  'purchase.cancel': call<PurchaseView>()(purchase),
  'purchase.read': call<PurchaseView>()(purchase),
  'purchase.refund': call<PurchaseView>()(purchase),
  'purchase.history': call<HistoryPage>()(
    z.strictObject({ before: uuid.nullable(), limit: z.int().min(1).max(200) }),
  ),
  /** `requestId`: the same again is the same page. */
  'card.setup': call<ProcessorPage>()(z.strictObject({ requestId: uuid })),
  'card.portal': call<ProcessorPage>()(nothing),
  'card.remove': call<null>()(nothing),
  'autoRefill.set': call<null>()(autoRefillSchema),
  /** `subscription_unknown`. */
  'addOn.end': call<null>()(z.strictObject({ subscriptionId: id })),

  /** `operation_unknown` while no machine has told of the run; `report_not_genuine`. */
  'charge.report': call<ChargeReportView>()(reportDraftSchema),
  /** One's own; with the right to answer them, those of everybody. */
  'charge.reports': call<readonly ChargeReportView[]>()(nothing),
  'charge.open': call<ChargeReportDetail>()(z.strictObject({ reportId: uuid })),
  'charge.answer': call<ChargeReportView>()(chargeAnswerSchema),
} as const

export type BuyingCalls = typeof buyingCalls
export type BuyingCallName = keyof BuyingCalls
export type BuyingInput<Name extends BuyingCallName> = z.input<BuyingCalls[Name]['input']>
export type BuyingParsed<Name extends BuyingCallName> = z.output<BuyingCalls[Name]['input']>
export type BuyingOutput<Name extends BuyingCallName> = OutputOf<BuyingCalls[Name]>

/** What a machine signs of a record that it sends along: named, so that it stands for nothing else. */
export function reportText(record: string): string {
  return `tallystick contested charge 1\n${record}\n`
}
