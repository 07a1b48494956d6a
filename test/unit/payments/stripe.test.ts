/** Stripe's side, against a fake whose objects are of stripe-node's own types. */

import Stripe from 'stripe'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Gateway } from '../../../src-server/payments/gateway.ts'
import { createStripeGateway } from '../../../src-server/payments/stripe/stripe-gateway.ts'
import { readEvent } from '../../../src-server/payments/stripe/read-event.ts'
import { unwrap } from '../../support/ledger.ts'
import { silentLog } from '../../support/silent-log.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const SECRET = 'whsec_test'
const KEY = { accountId: 'acc-1', purchaseId: 'pur-1' }
const METADATA = { account_id: 'acc-1', purchase_id: 'pur-1', via: 'checkout' }

interface Asked {
  readonly method: string
  readonly path: string
  readonly body: URLSearchParams
  readonly idempotencyKey: string | null
}

let asked: Asked[]
let answers: Record<string, { readonly status?: number; readonly body: object }>
let gateway: Gateway

const answer = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
  const url = new URL(input instanceof Request ? input.url : input)
  const path = url.pathname.replace('/v1/', '')
  const method = init?.method ?? 'GET'
  const headers = new Headers(init?.headers)
  const body = new URLSearchParams(typeof init?.body === 'string' ? init.body : '')
  asked.push({ method, path, body, idempotencyKey: headers.get('idempotency-key') })
  const { status = 200, body: json } = answers[`${method} ${path}`] ?? {
    status: 404,
    body: { error: { type: 'invalid_request_error', message: 'No such thing' } },
  }
  return Promise.resolve(
    new Response(JSON.stringify(json), {
      status,
      headers: { 'content-type': 'application/json' },
    }),
  )
}

const session = (
  patch: Partial<Stripe.Checkout.Session> = {},
): Partial<Stripe.Checkout.Session> => ({
  id: 'cs_1',
  object: 'checkout.session',
  mode: 'payment',
  url: 'https://checkout.stripe.com/c/pay/cs_1',
  expires_at: NOW / 1_000 + 86_340,
  status: 'open',
  payment_status: 'unpaid',
  payment_intent: null,
  invoice: null,
  amount_total: 2000,
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  currency: 'usd',
  metadata: METADATA,
  ...patch,
})

const card: Partial<Stripe.PaymentMethod> = {
  id: 'pm_1',
  card: {
    brand: 'visa',
    last4: '4242',
    exp_month: 12,
    exp_year: 2034,
  } as Stripe.PaymentMethod.Card,
}
const cards = { 'GET customers/cus_1/payment_methods': { body: { object: 'list', data: [card] } } }

function event(type: Stripe.Event.Type, object: object, id = 'evt_1'): string {
  const shell = { id, object: 'event', created: NOW / 1_000, livemode: false, api_version: null }
  return JSON.stringify({ ...shell, type, data: { object } })
}

const sign = (payload: string, at = NOW) =>
  new Stripe('sk_test_x').webhooks.generateTestHeaderString({
    payload,
    secret: SECRET,
    timestamp: Math.floor(at / 1_000),
  })

beforeEach(() => {
  asked = []
  answers = {}
  gateway = createStripeGateway({
    secretKey: 'sk_test_x',
    webhookSecret: SECRET,
    returnUrl: () => 'https://tally.example/paid',
    automaticTax: false,
    clock: { now: () => NOW, monotonic: () => 0 },
    log: silentLog,
    fetch: answer,
  })
})

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

describe('what Stripe is asked', () => {
  it('a page for exactly the price, under a key of the purchase', async () => {
    answers = { 'POST checkout/sessions': { body: session() } }
    const page = unwrap(
      await gateway.openCheckout({
        ...KEY,
        customer: 'cus_1',
        name: '500 credits',
        price: { amount: 2000, currency: 'USD' },
        renewsAt: null,
        expiresAt: NOW + 86_340_000,
      }),
    )
    expect(page).toMatchObject({ reference: 'cs_1', url: 'https://checkout.stripe.com/c/pay/cs_1' })
    const [{ body, idempotencyKey }] = asked as [Asked]
    expect(idempotencyKey).toContain('checkout:pur-1')
    expect(Object.fromEntries(body)).toMatchObject({
      mode: 'payment',
      'line_items[0][price_data][unit_amount]': '2000',
      'line_items[0][price_data][currency]': 'usd',
      'metadata[purchase_id]': 'pur-1',
      'payment_intent_data[metadata][via]': 'checkout',
    })
  })

  it('a subscription at its own price, of which a code takes off once', async () => {
    answers = {
      'POST checkout/sessions': { body: session({ mode: 'subscription' }) },
      'POST coupons': { body: { id: 'co_1', object: 'coupon' } },
    }
    const request = {
      ...{ ...KEY, customer: 'cus_1', name: '1,000 credits a month', expiresAt: NOW + 86_340_000 },
      price: { amount: 1800, currency: 'USD' },
      renewsAt: { amount: 2000, currency: 'USD' },
    }
    unwrap(await gateway.openCheckout(request))
    const [coupon, page] = asked as [Asked, Asked]
    expect(coupon.idempotencyKey).toBe('coupon:pur-1')
    expect(Object.fromEntries(coupon.body)).toMatchObject({
      ...{ duration: 'once', amount_off: '200', currency: 'usd', max_redemptions: '1' },
    })
    expect(Object.fromEntries(page.body)).toMatchObject({
      mode: 'subscription',
      'line_items[0][price_data][unit_amount]': '2000',
      'line_items[0][price_data][recurring][interval]': 'month',
      'discounts[0][coupon]': 'co_1',
      'subscription_data[metadata][purchase_id]': 'pur-1',
    })
    asked = []
    unwrap(await gateway.openCheckout({ ...request, price: request.renewsAt }))
    expect(asked.map(({ path }) => path)).toEqual(['checkout/sessions'])
    expect([...(asked[0]?.body.keys() ?? [])].some((key) => key.includes('discounts'))).toBe(false)
  })

  it('which invoice a payment was for, so that refunds of a subscription are found', async () => {
    const paid: Partial<Stripe.InvoicePayment> = { id: 'inpay_1', invoice: 'in_2' }
    answers = { 'GET invoice_payments': { body: { object: 'list', data: [paid] } } }
    expect(await gateway.nameOf?.('pi_2')).toEqual({ ok: true, data: 'in_2' })
    answers = { 'GET invoice_payments': { body: { object: 'list', data: [] } } }
    expect(await gateway.nameOf?.('pi_3')).toEqual({ ok: true, data: null })
  })

  it('a charge with nobody there: paid, or declined as an event', async () => {
    const intent: Partial<Stripe.PaymentIntent> = {
      ...{ id: 'pi_2', status: 'succeeded', amount_received: 2000, currency: 'usd' },
      metadata: { ...METADATA, via: 'off-session' },
      last_payment_error: null,
    }
    answers = { ...cards, 'POST payment_intents': { body: intent } }
    const request = {
      ...KEY,
      customer: 'cus_1',
      name: 'x',
      price: { amount: 2000, currency: 'USD' },
    }
    expect(unwrap(await gateway.charge(request))).toMatchObject({
      reference: 'pi_2',
      events: [{ type: 'paid', total: 2000 }],
      card: { brand: 'Visa', lastFour: '4242' },
    })
    expect(asked.at(-1)?.idempotencyKey).toBe('refill:pur-1')
    const error = {
      type: 'card_error',
      code: 'authentication_required',
      payment_intent: { id: 'pi_3' },
    }
    answers = { ...cards, 'POST payment_intents': { status: 402, body: { error } } }
    expect(unwrap(await gateway.charge(request))).toMatchObject({
      reference: 'pi_3',
      events: [{ type: 'declined', code: 'authentication_required' }],
    })
  })

  it('a refund once for each key; one that is done is done, one refused is refused', async () => {
    const refund = { payment: 'pi_1', amount: 700, key: 'pur-1:refund-1' }
    answers = { 'POST refunds': { body: { id: 're_1' } } }
    expect(await gateway.refund(refund)).toMatchObject({ ok: true })
    expect(asked.at(-1)?.idempotencyKey).toBe('refund:pur-1:refund-1')
    const failed = (code: string) => ({
      'POST refunds': { status: 400, body: { error: { type: 'invalid_request_error', code } } },
    })
    answers = failed('charge_already_refunded')
    expect(await gateway.refund(refund)).toMatchObject({ ok: true })
    answers = failed('charge_disputed')
    expect(await gateway.refund(refund)).toMatchObject({ error: { code: 'refund_refused' } })
  })

  it('what became of a page whose messages never came', async () => {
    const latest: Partial<Stripe.Charge> = {
      ...{ id: 'ch_1', amount_refunded: 500, disputed: true },
    }
    const dispute: Partial<Stripe.Dispute> = { ...{ id: 'dp_1', amount: 2000, status: 'lost' } }
    answers = {
      'GET checkout/sessions/cs_1': {
        body: session({ status: 'complete', payment_status: 'paid', payment_intent: 'pi_1' }),
      },
      'GET payment_intents/pi_1': { body: { id: 'pi_1', latest_charge: latest } },
      'GET disputes': { body: { object: 'list', data: [dispute] } },
    }
    const seen = unwrap(await gateway.look({ ...KEY, reference: 'cs_1', payment: 'pi_1' }))
    expect(seen.events).toMatchObject([
      { type: 'paid', total: 2000 },
      { type: 'refunded', total: 500 },
      { type: 'disputed', disputeId: 'dp_1', status: 'lost' },
    ])
  })

  it('says when it cannot be reached or is not set up, and whether its money is real', async () => {
    answers = {
      'POST customers': { status: 401, body: { error: { type: 'invalid_request_error' } } },
    }
    expect(await gateway.customerFor('acc-1')).toMatchObject({
      error: { code: 'processor_not_set_up' },
    })
    expect(gateway.test).toBe(true)
  })
})
