/**
 * The data of the Get credits panel and the billing history that does not also come from a server.
 */

import { z } from 'zod'
import type { PurchaseView } from '../purchase/views.ts'
import { MAX_NOTE } from '../usage/labels.ts'

/** Where a purchase is paid. `opened`: whether the system browser took it. */
export interface CheckoutView {
  readonly purchase: PurchaseView
  readonly opened: boolean
}

/** A page of the processor's, and whether the system browser took it. */
export interface PageView {
  readonly url: string
  readonly opened: boolean
}

export const chargeReportSchema = z.strictObject({
  /** Made by the window, so that sending twice is one report. */
  reportId: z.uuid(),
  operationId: z.uuid(),
  message: z
    .string()
    .trim()
    .min(1)
    .max(MAX_NOTE * 4),
  /** Only when ticked. */
  includePrompt: z.boolean(),
})

export type * from '../purchase/views.ts'
export type { RefillReason } from '../purchase/auto-refill.ts'
export type { Decline } from '../purchase/events.ts'
export type { Order } from '../purchase/order.ts'
export type { PurchaseState } from '../purchase/purchase.ts'
