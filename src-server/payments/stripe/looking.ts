/** What Stripe knows of a purchase, asked for instead of waited for. */

import type Stripe from 'stripe'
import type { Clock } from '#shared/ports/time.ts'
import type { TimedEvent } from '#shared/purchase/events.ts'
import type { Observation, Renewal } from '../gateway.ts'
import { idOf, renewalOf, seenDispute, seenIntent, seenSession } from './read-event.ts'

export interface Looking {
  /** The subscription's invoice that an intent paid; null where it paid none. */
  invoiceOf(intent: string): Promise<string | null>
  /** The intent behind a payment: itself, or that of a subscription's invoice. */
  intentOf(payment: string): Promise<string | null>
  lookAt(reference: string, payment: string | null): Promise<Observation>
}

export function createLooking(stripe: Stripe, clock: Clock): Looking {
  async function intentOf(payment: string): Promise<string | null> {
    if (!payment.startsWith('in_')) return payment
    const { data } = await stripe.invoicePayments.list({ invoice: payment, limit: 1 })
    const intent = data[0]?.payment.payment_intent
    return typeof intent === 'string' ? intent : (intent?.id ?? null)
  }

  async function invoiceOf(intent: string): Promise<string | null> {
    const payment = { type: 'payment_intent', payment_intent: intent } as const
    const { data } = await stripe.invoicePayments.list({ payment, limit: 1 })
    return idOf(data[0]?.invoice ?? null)
  }

  /** Refunds and disputes of a payment. */
  async function aftermath(payment: string, at: number): Promise<readonly TimedEvent[]> {
    const intentId = await intentOf(payment)
    if (intentId === null) return []
    const intent = await stripe.paymentIntents.retrieve(intentId, { expand: ['latest_charge'] })
    const { latest_charge: latest } = intent
    if (latest === null || typeof latest === 'string') return []
    const events: TimedEvent[] = []
    const total = latest.amount_refunded
    if (total > 0) events.push({ type: 'refunded', payment, total, at })
    if (latest.disputed) {
      const { data } = await stripe.disputes.list({ payment_intent: intentId, limit: 10 })
      for (const dispute of data) events.push({ ...seenDispute(dispute, payment), at })
    }
    return events
  }

  /** What was paid for a subscription after its first time, newest first. */
  async function renewalsOf(session: Stripe.Checkout.Session): Promise<readonly Renewal[]> {
    const { subscription } = session
    const id = typeof subscription === 'string' ? subscription : subscription?.id
    if (!id) return []
    const invoices = await stripe.invoices.list({ subscription: id, status: 'paid', limit: 24 })
    return invoices.data.flatMap((invoice) => renewalOf(invoice) ?? [])
  }

  async function lookAt(reference: string, payment: string | null): Promise<Observation> {
    const at = clock.now()
    const later = payment === null ? [] : await aftermath(payment, at)
    if (reference.startsWith('pi_')) {
      const intent = await stripe.paymentIntents.retrieve(reference)
      const now = seenIntent(intent, at)
      return { ...now, events: [...now.events, ...later] }
    }
    // A renewal is its invoice: what it came to is known, what became of it later is asked for.
    if (reference.startsWith('in_')) return { ...seen(later), reference }
    const session = await stripe.checkout.sessions.retrieve(reference)
    const renewals = await renewalsOf(session)
    return { ...seen([...seenSession(session, at), ...later]), reference, renewals }
  }

  return { intentOf, invoiceOf, lookAt }
}

export const seen = (events: readonly TimedEvent[]): Observation => ({
  reference: null,
  events,
  card: null,
  receiptUrl: null,
})
