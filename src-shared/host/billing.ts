/** The data of the Plan & billing page. Times are epoch milliseconds. */

import type { AddOn, Pack } from '../catalog/offers.ts'
import type { Plan } from '../catalog/plans.ts'
import type { Credits } from '../credits/amount.ts'
import type { Money } from '../credits/money.ts'
import type { Override } from '../journal/account-change.ts'
import type { BurnDownSeries } from '../usage/burn-down.ts'
import type { BucketBalance } from '../usage/views.ts'

/** A refill to come: when, and how much of it is the plan's. */
export interface RefillView {
  readonly at: number
  readonly amount: Credits
}

/** Another plan, or other seats, from a later cycle on. */
export interface ScheduledChange {
  readonly planId: string
  readonly planName: string
  readonly seats: number
  readonly from: number
}

/** An add-on that renews. */
export interface SubscriptionView {
  readonly id: string
  readonly name: string
  readonly quantity: number
  /** Of each cycle, for the whole quantity. */
  readonly credits: Credits
  /** When it is to come next; null when it will not. */
  readonly renewsAt: number | null
}

/** Credits used beyond the balance in this cycle, recorded for the invoice. */
export interface OverageView {
  readonly used: Credits
  readonly limit: Credits
}

export interface InvoiceLine {
  readonly kind: 'plan' | 'add-on' | 'overage'
  readonly name: string
  readonly quantity: number
  readonly credits: Credits
  /** For the whole quantity; null where the catalog states no price. */
  readonly price: Money | null
}

/** What one cycle costs by the catalog's prices. */
export interface InvoiceView {
  readonly startsAt: number
  readonly endsAt: number
  readonly lines: readonly InvoiceLine[]
}

/** Something to buy, and why it cannot be bought on the present plan, if so. */
export interface OfferView<Item> {
  readonly item: Item
  readonly onThisPlan: boolean
}

export interface BillingView {
  /** The ledger's time of this answer. */
  readonly now: number
  readonly plan: Plan
  readonly seats: number
  /** Of this cycle, for all seats together, with what was agreed for the account. */
  readonly allowance: Credits
  readonly cycle: { readonly startsAt: number; readonly endsAt: number }
  readonly available: Credits
  readonly nextRefill: RefillView | null
  readonly scheduled: ScheduledChange | null
  readonly subscriptions: readonly SubscriptionView[]
  /** Terms agreed for this account, in force or to come. */
  readonly overrides: readonly Override[]
  /** Grants that can still pay or did in this cycle, in the order they pay. */
  readonly buckets: readonly BucketBalance[]
  /** Null where the plan allows none. */
  readonly overage: OverageView | null
  /** Past cycles, newest first. */
  readonly invoices: readonly InvoiceView[]
  /** The plans on offer, and the present one. */
  readonly plans: readonly Plan[]
  readonly packs: readonly OfferView<Pack>[]
  readonly addOns: readonly OfferView<AddOn>[]
}

/** What a change of plan would do, computed without doing it. */
export interface PlanPreview {
  readonly planId: string
  readonly seats: number
  /** When its terms begin: at once, or with a later cycle. */
  readonly from: number
  readonly atOnce: boolean
  /** Credits that come at once. */
  readonly gets: readonly {
    readonly label: string
    readonly amount: Credits
    readonly expiresAt: number | null
  }[]
  /** Credits that end at once. */
  readonly ends: readonly { readonly label: string; readonly amount: Credits }[]
  readonly availableNow: Credits
  readonly availableAfter: Credits
  /** The first refill under the new terms. */
  readonly refill: RefillView
}

/** What was left of each grant over the cycle, day by day, up to now. */
export interface BurnDownView {
  readonly startsAt: number
  readonly endsAt: number
  /** In order; the last is now. */
  readonly moments: readonly number[]
  readonly series: readonly BurnDownSeries[]
}

/** What a promo code gave. */
export interface RedeemedView {
  readonly name: string
  /** Null if it reduces the price of a purchase instead. */
  readonly credits: Credits | null
  readonly expiresAt: number | null
}
