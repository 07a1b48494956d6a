/**
 * A payment processor, as the rest of payments sees it. Every request carries a key, so that
 * repeating it acts once; everything it reports can be reported again, late or in another order.
 */

import type { Money } from '#shared/credits/money.ts'
import type { SavedCard } from '#shared/host/purchase.ts'
import type { TimedEvent } from '#shared/purchase/events.ts'
import type { Result } from '#shared/result.ts'

export interface PurchaseKey {
  readonly accountId: string
  readonly purchaseId: string
}

export interface CheckoutRequest extends PurchaseKey {
  readonly customer: string
  readonly name: string
  readonly price: Money
  /** Paid again each month at this price, until it is ended; null where it is paid once. */
  readonly renewsAt: Money | null
  /** Epoch milliseconds. The card is kept for the next purchase and for auto-refill. */
  readonly expiresAt: number
}

/** A page of the processor where something is paid or a card is saved. */
export interface Checkout {
  /** The processor's name of it. */
  readonly reference: string
  readonly url: string
  /** When it can be used no more, epoch milliseconds. */
  readonly expiresAt: number
}

export interface ChargeRequest extends PurchaseKey {
  readonly customer: string
  readonly name: string
  readonly price: Money
}

/** A subscription that was paid once more. */
export interface Renewal {
  readonly at: number
  /** The processor's name of the payment. */
  readonly payment: string
  /** Minor units, tax included. */
  readonly total: number
  readonly tax: number
  readonly currency: string
}

/** What a processor knows of a purchase. */
export interface Observation {
  readonly reference: string | null
  readonly events: readonly TimedEvent[]
  readonly card: SavedCard | null
  readonly receiptUrl: string | null
  /** Of a subscription: what was paid for it after its first time. */
  readonly renewals?: readonly Renewal[]
}

/** One message of a processor, understood. */
export interface GatewayMessage extends Observation {
  /** Which purchase it is about, by what we gave along; null where only the payment is known. */
  readonly about: PurchaseKey | null
  readonly payment: string | null
  /**
   * Whose card may have changed: it is asked for, as messages may come late. `reference`: the
   * processor's name of the customer.
   */
  readonly customer: { readonly accountId: string } | { readonly reference: string } | null
  /** A subscription that renews no more. */
  readonly ended: PurchaseKey | null
}

export interface SignedMessage {
  readonly id: string
  readonly type: string
}

export interface Gateway {
  readonly name: 'sandbox' | 'stripe'
  /** No real money moves. */
  readonly test: boolean
  /** It may add tax on its page. */
  readonly addsTax: boolean
  /** Its pages are reached without the internet. */
  readonly local: boolean
  /**
   * It charges for a subscription by itself, and reports it; otherwise add-ons renew with each
   * cycle.
   */
  readonly renews: boolean
  /** The processor's customer for an account; the same one each time. */
  customerFor(accountId: string): Promise<Result<string>>
  openCheckout(request: CheckoutRequest): Promise<Result<Checkout>>
  openCardSetup(request: {
    readonly accountId: string
    readonly customer: string
    readonly key: string
  }): Promise<Result<Checkout>>
  /** Closes a page: nothing can be paid there any more, unless it already was. */
  closeCheckout(reference: string): Promise<Result<null>>
  /** Charges the saved card with nobody present. A refusal is an event, not an error. */
  charge(request: ChargeRequest): Promise<Result<Observation>>
  /** Sends money back; `amount` null is all of it. Fails with `refund_refused` for good. */
  refund(request: {
    readonly payment: string
    readonly amount: number | null
    readonly key: string
  }): Promise<Result<null>>
  /** The state of a purchase, asked for instead of waited for. */
  look(
    purchase: PurchaseKey & { readonly reference: string | null; readonly payment: string | null },
  ): Promise<Result<Observation>>
  /**
   * How purchases name a payment that messages name otherwise; null where they do not, absent where
   * all name it alike.
   */
  nameOf?(payment: string): Promise<Result<string | null>>
  /** The saved card, or null. */
  card(customer: string): Promise<Result<SavedCard | null>>
  removeCard(customer: string): Promise<Result<null>>
  /** The processor's own page of a customer; absent where it has none. */
  portal?(customer: string): Promise<Result<string>>
  /** Ends a subscription: it no longer renews. */
  endSubscription(
    purchase: PurchaseKey & { readonly reference: string | null },
  ): Promise<Result<null>>
  /**
   * Whether a raw body came from the processor, just now. Fails with `signature_wrong`,
   * `signature_stale` or `message_not_understood`.
   */
  verify(body: string, signature: string): Result<SignedMessage>
  /** The message in a verified body; null for a kind we do not handle. */
  read(body: string): GatewayMessage | null
}
