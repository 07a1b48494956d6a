/**
 * What a payment processor reports of a purchase, in the product's own terms. Processors repeat
 * themselves, cross their own messages and lose some: nothing may be concluded from their order.
 */

export type DisputeStatus = 'open' | 'won' | 'lost'

export type PaymentEvent =
  /** The processor's page is ready for the person. */
  | { readonly type: 'opened' }
  /** Money has come in. */
  | {
      readonly type: 'paid'
      /** The processor's name of the payment. */
      readonly payment: string
      /** Minor units, tax included. */
      readonly total: number
      readonly tax: number
      readonly currency: string
    }
  /** A failed attempt; the same page may still be paid. `code` is one of DECLINES. */
  | { readonly type: 'declined'; readonly code: Decline }
  /** The page can no longer be paid. */
  | { readonly type: 'expired' }
  | { readonly type: 'cancelled' }
  /** Money went back: the total of this payment so far. */
  | { readonly type: 'refunded'; readonly payment: string; readonly total: number }
  /** The holder of the card contests the payment, at their bank. */
  | {
      readonly type: 'disputed'
      readonly payment: string
      readonly disputeId: string
      readonly amount: number
      readonly status: DisputeStatus
    }

/** Why a card was not charged, as far as the person can do something about it. */
export const DECLINES = [
  'card_declined',
  'insufficient_funds',
  'expired_card',
  'incorrect_cvc',
  'authentication_required',
  'authentication_failed',
  'no_card',
  'processing_error',
] as const
export type Decline = (typeof DECLINES)[number]

/** An event and when it happened at the processor, epoch milliseconds. */
export type TimedEvent = PaymentEvent & { readonly at: number }
