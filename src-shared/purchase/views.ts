/** Purchases and contested charges as shown, alone or in a team. Times are epoch milliseconds. */

import { z } from 'zod'
import type { AddOn, Pack } from '../catalog/offers.ts'
import type { Plan } from '../catalog/plans.ts'
import { type Credits, MAX_AMOUNT, millicredits } from '../credits/amount.ts'
import type { Money } from '../credits/money.ts'
import type { RefillReason } from './auto-refill.ts'
import type { Decline } from './events.ts'
import type { Contest, PurchaseState } from './purchase.ts'

/** What stands in the way, in a sentence, and what would help. */
export interface PurchaseBlock {
  /** `offline`, `not_on_plan`, `not_a_buyer`, `plan_by_agreement`, `payments_unavailable` … */
  readonly code: string
  readonly message: string
  readonly helps: {
    /** Plans that may buy it. */
    readonly plans: readonly { readonly id: string; readonly name: string }[]
    /** Who may buy for the account, if the person may not. */
    readonly people: readonly string[]
    /** When credits come by themselves. */
    readonly refillAt: number | null
  }
}

/** Something to buy; `block` is null where it can be bought. */
export interface PurchaseOffer<Item> {
  readonly item: Item
  readonly block: PurchaseBlock | null
}

/** A larger plan, for the present number of seats. */
export interface PlanUpgrade {
  readonly plan: Plan
  readonly seats: number
  /** What is to be paid now; null where it cannot be bought, and `block` says why. */
  readonly price: Money | null
  /** Credits that come at once. */
  readonly credits: Credits
  readonly block: PurchaseBlock | null
}

export interface SavedCard {
  /** "Visa", "Mastercard" … */
  readonly brand: string
  readonly lastFour: string
  readonly expiryMonth: number
  readonly expiryYear: number
}

export interface AutoRefillView {
  readonly enabled: boolean
  readonly threshold: Credits
  /** A pack, and how many of it. */
  readonly offerId: string
  readonly quantity: number
  readonly monthlyLimit: Money
  /** What it would cost each time; null where the plan no longer sells it. */
  readonly price: Money | null
  /** Bought or still pending in this calendar month. */
  readonly usedThisMonth: Money
  /** When it last bought; null when it never did. */
  readonly lastAt: number | null
  /** Why it does not buy now, and when it looks again by itself; null while it would. */
  readonly waits: { readonly reason: RefillReason; readonly until: number | null } | null
  /** When this was heard, if it cannot be asked for now. */
  readonly asOf?: number
}

export interface ReceiptView {
  /** Short, to be read out: "TS-8F3A2C". */
  readonly number: string
  readonly at: number
  readonly total: Money
  readonly tax: Money
  readonly card: Pick<SavedCard, 'brand' | 'lastFour'> | null
  /** The processor's own page of it; null where it has none. */
  readonly url: string | null
}

export interface PurchaseView {
  readonly id: string
  readonly state: PurchaseState
  readonly by: 'person' | 'auto-refill' | 'renewal'
  /** "500 credits", "3 × 100 credits", "Creator plan". */
  readonly name: string
  readonly credits: Credits
  readonly bonus: Credits
  readonly promoCode: string | null
  readonly listPrice: Money
  readonly price: Money
  readonly createdAt: number
  readonly updatedAt: number
  /** Why the last try failed; the page may be paid with another card while `payUrl` is there. */
  readonly decline: Decline | null
  /** The processor's page, while it can be paid: to open again, or to copy. */
  readonly payUrl: string | null
  readonly payUntil: number | null
  /** The processor has not answered for longer than usual. */
  readonly slow: boolean
  readonly receipt: ReceiptView | null
  /** For a payment that is or was contested at the bank. */
  readonly contest: Contest
  readonly refunded: Money
  /** What would be paid back for what is unspent of it; zero if nothing can be. */
  readonly refundable: Money
  /** Of no money: test purchases are marked wherever they are shown. */
  readonly test: boolean
}

export interface PurchasePanelView {
  readonly now: number
  /** `none`: nothing can be bought here at all. */
  readonly processor: 'sandbox' | 'stripe' | 'none'
  /** Marked wherever a price is shown: no money moves. */
  readonly test: boolean
  /** Whether buying needs the internet. The sandbox of this machine does not. */
  readonly needsNetwork: boolean
  readonly available: Credits
  readonly packs: readonly PurchaseOffer<Pack>[]
  readonly addOns: readonly PurchaseOffer<AddOn>[]
  readonly plans: readonly PlanUpgrade[]
  readonly card: SavedCard | null
  /** Null where it is not known. */
  readonly autoRefill: AutoRefillView | null
  /** Purchases that are on their way or were refused just now, newest first. */
  readonly pending: readonly PurchaseView[]
  /** When credits come by themselves. */
  readonly refillAt: number
  /** Why nothing can be bought; null where something can. */
  readonly block: PurchaseBlock | null
}

/** What an order costs and brings, to be read before paying. */
export interface OrderQuoteView {
  readonly name: string
  readonly credits: Credits
  readonly bonus: Credits
  readonly listPrice: Money
  readonly price: Money
  /** Null if the processor computes it on its page. */
  readonly tax: Money | null
  readonly promotion: { readonly code: string; readonly name: string } | null
  /** When the credits end; null for never. */
  readonly expiresAt: number | null
  /** When those end that a promo code adds; null for never, and where it adds none. */
  readonly bonusExpiresAt: number | null
  /** How many earlier purchases are extended by this one. */
  readonly extends: number
  readonly availableAfter: Credits
  /** It renews each cycle at the list price until it is ended. */
  readonly renews: boolean
}

export interface HistoryPage {
  readonly purchases: readonly PurchaseView[]
  /** Pass as `before` for the next page; null at the end. */
  readonly nextBefore: string | null
}

/** A charge somebody contests: what they sent, and what came of it. */
export interface ChargeReportView {
  readonly id: string
  readonly operationId: string
  /** Who sent it: their name in the team; null where there is none. */
  readonly by: string | null
  readonly sentAt: number
  readonly message: string
  readonly charged: Credits
  readonly modelName: string
  /** What was sent along, for the person to see: never the prompt unless it was ticked. */
  readonly lines: number
  readonly withPrompt: boolean
  readonly answer: null | {
    readonly at: number
    readonly refund: Credits
    readonly message: string
  }
}

/** What an admin reads to decide. */
export interface ChargeReportDetail extends ChargeReportView {
  /** The record as JSON text, with the key of the device that signed it. */
  readonly record: string
  readonly signature: string | null
  readonly publicKey: string | null
  readonly log: string
  readonly prompt: string | null
}

export const moneySchema = z.strictObject({
  amount: z.int().min(0).max(1_000_000_000),
  currency: z.string().regex(/^[A-Z]{3}$/),
})

export const autoRefillSchema = z.strictObject({
  enabled: z.boolean(),
  threshold: z.int().min(1).max(MAX_AMOUNT).transform(millicredits),
  offerId: z.string().min(1).max(64),
  quantity: z.int().min(1).max(1_000_000),
  monthlyLimit: moneySchema,
})
export type AutoRefillChoice = z.output<typeof autoRefillSchema>

export const chargeAnswerSchema = z.strictObject({
  reportId: z.uuid(),
  /** Credits to refund; zero is a refusal, which needs a reason too. */
  refund: z.int().min(0).max(MAX_AMOUNT).transform(millicredits),
  message: z.string().trim().min(1).max(1_000),
})
