/** What Stripe's messages say, by objects of stripe-node's own types. */

import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { readEvent } from '../../../src-server/payments/stripe/read-event.ts'
import {
  createFakeStripe,
  event,
  KEY,
  METADATA,
  NOW,
  session,
  sign,
} from '../../support/fake-stripe.ts'

const { gateway } = createFakeStripe()

describe('webhooks', () => {
  const body = event('checkout.session.completed', session())

  it('are taken as they were signed, and no other', () => {
    expect(gateway.verify(body, sign(body))).toEqual({
      ok: true,
      data: { id: 'evt_1', type: 'checkout.session.completed' },
    })
    expect(gateway.verify(`${body} `, sign(body))).toMatchObject({
      error: { code: 'signature_wrong' },
    })
    expect(gateway.verify(body, '')).toMatchObject({ error: { code: 'signature_wrong' } })
    expect(gateway.verify(body, sign(body, NOW - 301_000))).toMatchObject({
      error: { code: 'signature_stale' },
    })
  })

  it('of real money are none of a server of test money', () => {
    const real = body.replace('"livemode":false', '"livemode":true')
    expect(gateway.verify(real, sign(real))).toMatchObject({
      error: { code: 'message_not_understood' },
    })
  })

  it('of a kind that is none of ours say nothing', () => {
    expect(gateway.read(event('product.created', {}))).toBeNull()
  })
})

const read = (type: Stripe.Event.Type, object: object) =>
  readEvent(JSON.parse(event(type, object)) as Stripe.Event)

describe('what Stripe’s objects say', () => {
  it('an invoice of a month after the first, with its tax; no other invoice', () => {
    const invoice: Partial<Stripe.Invoice> = {
      ...{ id: 'in_2', object: 'invoice', status: 'paid', currency: 'usd' },
      ...{ billing_reason: 'subscription_cycle', amount_paid: 952, created: NOW / 1_000 },
      total_taxes: [{ amount: 152 } as Stripe.Invoice.TotalTax],
      status_transitions: {
        ...{ finalized_at: null, marked_uncollectible_at: null, voided_at: null },
        paid_at: NOW / 1_000,
      },
      parent: {
        ...{ type: 'subscription_details', quote_details: null },
        subscription_details: { metadata: METADATA, subscription: 'sub_1' },
      },
    }
    const renewal = { at: NOW, payment: 'in_2', total: 952, tax: 152, currency: 'USD' }
    expect(read('invoice.paid', invoice)).toMatchObject({ about: KEY, renewals: [renewal] })
    const first = { ...invoice, billing_reason: 'subscription_create' }
    expect(read('invoice.paid', first)).toBeNull()
    expect(read('invoice.paid', { ...invoice, status: 'open' })).toBeNull()
  })

  it('a page that was paid, with its tax', () => {
    const details = { amount_discount: 0, amount_shipping: 0, amount_tax: 380 }
    const paid = session({
      ...{ status: 'complete', payment_status: 'paid', payment_intent: 'pi_1' },
      ...{ amount_total: 2380, total_details: details },
    })
    expect(read('checkout.session.completed', paid)).toMatchObject({
      about: KEY,
      payment: 'pi_1',
      events: [{ type: 'paid', payment: 'pi_1', total: 2380, tax: 380, currency: 'USD', at: NOW }],
    })
  })

  it('a page that is complete but not paid yet, and one that is over', () => {
    const later = session({ status: 'complete', payment_status: 'unpaid', payment_intent: 'pi_1' })
    expect(read('checkout.session.completed', later)?.events).toEqual([])
    expect(read('checkout.session.expired', session({ status: 'expired' }))?.events).toMatchObject([
      { type: 'expired' },
    ])
  })

  it('a subscription whose first month costs nothing was paid with nothing, once its page is complete', () => {
    const free = session({
      ...{ mode: 'subscription', payment_status: 'no_payment_required', invoice: 'in_1' },
      amount_total: 0,
    })
    expect(read('checkout.session.completed', free)?.events).toEqual([])
    const complete = read('checkout.session.completed', { ...free, status: 'complete' })
    expect(complete?.events).toMatchObject([{ type: 'paid', payment: 'in_1', total: 0 }])
  })

  it('the payment of a page says nothing of money: the page does, once', () => {
    const intent: Partial<Stripe.PaymentIntent> = {
      id: 'pi_1',
      status: 'succeeded',
      amount_received: 2380,
      currency: 'usd',
      metadata: METADATA,
      last_payment_error: null,
    }
    expect(read('payment_intent.succeeded', intent)?.events).toEqual([])
    const own = { ...intent, metadata: { ...METADATA, via: 'off-session' } }
    expect(read('payment_intent.succeeded', own)?.events).toMatchObject([
      { type: 'paid', total: 2380, payment: 'pi_1' },
    ])
  })

  it('refunds in all so far, and disputes, by their payment', () => {
    const charge: Partial<Stripe.Charge> = {
      ...{ id: 'ch_1', payment_intent: 'pi_1', amount_refunded: 700, metadata: {} },
    }
    expect(read('charge.refunded', charge)).toMatchObject({
      payment: 'pi_1',
      about: null,
      events: [{ type: 'refunded', payment: 'pi_1', total: 700 }],
    })
    const dispute = (status: Stripe.Dispute.Status): Partial<Stripe.Dispute> => ({
      ...{ id: 'dp_1', payment_intent: 'pi_1', amount: 2000, status },
    })
    const statuses = (['needs_response', 'under_review', 'won', 'lost'] as const).map(
      (status) => read('charge.dispute.updated', dispute(status))?.events[0],
    )
    expect(statuses).toMatchObject([
      { status: 'open' },
      { status: 'open' },
      { status: 'won' },
      { status: 'lost' },
    ])
  })
})
