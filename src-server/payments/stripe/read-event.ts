/**
 * Translates Stripe's objects into the product's terms. Pure; the shapes are those of stripe-node's
 * types.
 */

import type Stripe from 'stripe'
import type { SavedCard } from '#shared/host/purchase.ts'
import type { Decline, DisputeStatus, PaymentEvent, TimedEvent } from '#shared/purchase/events.ts'
import type { GatewayMessage, Observation, PurchaseKey, Renewal } from '../gateway.ts'

/** What we give along with everything, and get back with it. */
export interface OurMetadata {
  readonly account_id: string
  readonly purchase_id: string
  /** A checkout tells of its payment itself, with the tax that the payment does not name. */
  readonly via: 'checkout' | 'off-session'
}

const NOTHING: Omit<GatewayMessage, 'events'> = {
  about: null,
  reference: null,
  payment: null,
  card: null,
  receiptUrl: null,
  customer: null,
  ended: null,
}

export const idOf = (object: string | { readonly id: string } | null): string | null =>
  typeof object === 'string' ? object : (object?.id ?? null)

/** Null where it was not made by us. */
export function aboutOf(metadata: Stripe.Metadata | null): PurchaseKey | null {
  const { account_id: accountId, purchase_id: purchaseId } = metadata ?? {}
  return accountId && purchaseId ? { accountId, purchaseId } : null
}

/** Reads a message; null for a kind we do not handle. */
export function readEvent(event: Stripe.Event): GatewayMessage | null {
  const at = event.created * 1_000
  switch (event.type) {
    case 'checkout.session.completed':
    case 'checkout.session.async_payment_succeeded':
    case 'checkout.session.async_payment_failed':
    case 'checkout.session.expired':
      return readSession(event.data.object, event.type, at)
    case 'payment_intent.succeeded':
    case 'payment_intent.payment_failed': {
      const intent = event.data.object
      const { events, ...seen } = seenIntent(intent, at)
      return { ...NOTHING, ...seen, payment: intent.id, about: aboutOf(intent.metadata), events }
    }
    case 'charge.refunded': {
      const charge = event.data.object
      const payment = idOf(charge.payment_intent)
      if (payment === null) return null
      const refunded = { type: 'refunded', payment, total: charge.amount_refunded, at } as const
      return { ...NOTHING, payment, about: aboutOf(charge.metadata), events: [refunded] }
    }
    case 'charge.dispute.created':
    case 'charge.dispute.updated':
    case 'charge.dispute.closed': {
      const dispute = event.data.object
      const payment = idOf(dispute.payment_intent)
      if (payment === null) return null
      return { ...NOTHING, payment, events: [{ ...seenDispute(dispute, payment), at }] }
    }
    // On Stripe's own pages. What these say may be old by now: the card is asked for.
    case 'payment_method.attached':
      return cardOf(idOf(event.data.object.customer))
    case 'payment_method.detached':
      return cardOf(idOf(event.data.previous_attributes?.customer ?? null))
    case 'customer.updated':
      return cardOf(event.data.object.id)
    case 'invoice.paid': {
      const invoice = event.data.object
      const renewal = renewalOf(invoice)
      const about = aboutOf(invoice.parent?.subscription_details?.metadata ?? null)
      return renewal && about && { ...NOTHING, about, events: [], renewals: [renewal] }
    }
    case 'customer.subscription.deleted': {
      const about = aboutOf(event.data.object.metadata)
      return about && { ...NOTHING, about, events: [], ended: about }
    }
    default:
      return null
  }
}

const cardOf = (customer: string | null): GatewayMessage | null =>
  customer === null ? null : { ...NOTHING, events: [], customer: { reference: customer } }

function readSession(
  session: Stripe.Checkout.Session,
  type: string,
  at: number,
): GatewayMessage | null {
  const about = aboutOf(session.metadata)
  const accountId = session.metadata?.['account_id']
  if (session.mode === 'setup') {
    return accountId ? { ...NOTHING, events: [], customer: { accountId } } : null
  }
  const failed: PaymentEvent = { type: 'declined', code: 'card_declined' }
  const events = type.endsWith('failed') ? [{ ...failed, at }] : seenSession(session, at)
  const payment = paymentOf(session)
  const customer = accountId ? { accountId } : null
  return { ...NOTHING, about, reference: session.id, payment, events, customer }
}

/** The payment that a page came to: an intent, or of a subscription its first invoice. */
export const paymentOf = (session: Stripe.Checkout.Session): string | null =>
  idOf(session.payment_intent) ?? idOf(session.invoice)

export function seenSession(session: Stripe.Checkout.Session, at: number): readonly TimedEvent[] {
  const payment = paymentOf(session)
  if (session.status === 'expired') return [{ type: 'expired', at }]
  // Of a subscription nothing may be due at first.
  const isPaid = session.status === 'complete' && session.payment_status !== 'unpaid'
  if (!isPaid || payment === null) return []
  const total = session.amount_total ?? -1
  const tax = session.total_details?.amount_tax ?? 0
  const currency = (session.currency ?? '').toUpperCase()
  return [{ type: 'paid', payment, total, tax, currency, at }]
}

/** What an invoice says was paid for another month; null for a first or another one. */
export function renewalOf(invoice: Stripe.Invoice): Renewal | null {
  if (invoice.billing_reason !== 'subscription_cycle' || invoice.status !== 'paid') return null
  const tax = (invoice.total_taxes ?? []).reduce((sum, { amount }) => sum + amount, 0)
  const paidAt = invoice.status_transitions.paid_at ?? invoice.created
  return {
    at: paidAt * 1_000,
    payment: invoice.id,
    total: invoice.amount_paid,
    tax,
    currency: invoice.currency.toUpperCase(),
  }
}

/** What a payment says by itself. That of a page says nothing of money: its page does. */
export function seenIntent(intent: Stripe.PaymentIntent, at: number): Observation {
  const isOwn = intent.metadata['via'] === 'off-session'
  const error = intent.last_payment_error
  const events: TimedEvent[] = []
  if (intent.status === 'succeeded' && isOwn) {
    const { id: payment, amount_received: total } = intent
    events.push({
      type: 'paid',
      payment,
      total,
      tax: 0,
      currency: intent.currency.toUpperCase(),
      at,
    })
  } else if (error && intent.status !== 'succeeded' && intent.status !== 'processing') {
    events.push({ type: 'declined', code: declineOf(error), at })
  }
  return { reference: isOwn ? intent.id : null, events, card: null, receiptUrl: null }
}

const DISPUTE: Readonly<Partial<Record<Stripe.Dispute.Status, DisputeStatus>>> = {
  won: 'won',
  lost: 'lost',
  // An enquiry that came to nothing, or was prevented: no money was taken.
  warning_closed: 'won',
  prevented: 'won',
}

export function seenDispute(
  dispute: Stripe.Dispute,
  payment: string,
): Extract<PaymentEvent, { type: 'disputed' }> {
  const status = DISPUTE[dispute.status] ?? 'open'
  return { type: 'disputed', payment, disputeId: dispute.id, amount: dispute.amount, status }
}

const DECLINE: Readonly<Record<string, Decline>> = {
  insufficient_funds: 'insufficient_funds',
  expired_card: 'expired_card',
  incorrect_cvc: 'incorrect_cvc',
  invalid_cvc: 'incorrect_cvc',
  authentication_required: 'authentication_required',
  payment_intent_authentication_failure: 'authentication_failed',
  processing_error: 'processing_error',
}

/** The finer word where there is one. */
export function declineOf(error: {
  readonly code?: string | undefined
  readonly decline_code?: string | undefined
}): Decline {
  return DECLINE[error.decline_code ?? ''] ?? DECLINE[error.code ?? ''] ?? 'card_declined'
}

export function savedCardOf(card: Stripe.PaymentMethod.Card | null | undefined): SavedCard | null {
  if (!card) return null
  const brand = card.brand.replace(/^./, (first) => first.toUpperCase())
  const { last4: lastFour, exp_month: expiryMonth, exp_year: expiryYear } = card
  return { brand, lastFour, expiryMonth, expiryYear }
}
