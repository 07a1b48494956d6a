/** What Stripe is asked, and what its answers come to. */

import type Stripe from 'stripe'
import { beforeEach, expect, it } from 'vitest'
import type { Gateway } from '../../../src-server/payments/gateway.ts'
import { unwrap } from '../../support/ledger.ts'
import {
  type Asked,
  createFakeStripe,
  type FakeStripe,
  KEY,
  METADATA,
  NOW,
  session,
} from '../../support/fake-stripe.ts'

let stripe: FakeStripe
let gateway: Gateway
beforeEach(() => {
  stripe = createFakeStripe()
  gateway = stripe.gateway
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

it('a page for exactly the price, under a key of the purchase', async () => {
  stripe.answers({ 'POST checkout/sessions': { body: session() } })
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
  const [{ body, idempotencyKey }] = stripe.asked as [Asked]
  expect(idempotencyKey).toContain('checkout:pur-1')
  expect(Object.fromEntries(body)).toMatchObject({
    mode: 'payment',
    'line_items[0][price_data][unit_amount]': '2000',
    'line_items[0][price_data][currency]': 'usd',
    'metadata[purchase_id]': 'pur-1',
    'payment_intent_data[metadata][via]': 'checkout',
    'saved_payment_method_options[allow_redisplay_filters][1]': 'limited',
  })
})

it('the page where a buyer sees to cards and finds invoices', async () => {
  const url = 'https://billing.stripe.com/p/session/1'
  stripe.answers({ 'POST billing_portal/sessions': { body: { url } } })
  expect(unwrap((await gateway.portal?.('cus_1'))!)).toBe(url)
  const [{ body }] = stripe.asked as [Asked]
  expect(Object.fromEntries(body)).toEqual({
    customer: 'cus_1',
    return_url: 'https://tally.example/paid',
  })
})

it('a subscription at its own price, of which a code takes off once', async () => {
  const pages = {
    'POST checkout/sessions': { body: session({ mode: 'subscription' }) },
    'POST coupons': { body: { id: 'co_1', object: 'coupon' } },
  }
  stripe.answers(pages)
  const request = {
    ...{ ...KEY, customer: 'cus_1', name: '1,000 credits a month', expiresAt: NOW + 86_340_000 },
    price: { amount: 1800, currency: 'USD' },
    renewsAt: { amount: 2000, currency: 'USD' },
  }
  unwrap(await gateway.openCheckout(request))
  const [coupon, page] = stripe.asked as [Asked, Asked]
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
  stripe.answers(pages)
  unwrap(await gateway.openCheckout({ ...request, price: request.renewsAt }))
  expect(stripe.asked.map(({ path }) => path)).toEqual(['checkout/sessions'])
  expect([...(stripe.asked[0]?.body.keys() ?? [])].some((key) => key.includes('discounts'))).toBe(
    false,
  )
})

it('which invoice a payment was for, so that refunds of a subscription are found', async () => {
  const paid: Partial<Stripe.InvoicePayment> = { id: 'inpay_1', invoice: 'in_2' }
  stripe.answers({ 'GET invoice_payments': { body: { object: 'list', data: [paid] } } })
  expect(await gateway.nameOf?.('pi_2')).toEqual({ ok: true, data: 'in_2' })
  stripe.answers({ 'GET invoice_payments': { body: { object: 'list', data: [] } } })
  expect(await gateway.nameOf?.('pi_3')).toEqual({ ok: true, data: null })
})

it('a charge with nobody there: paid, or declined as an event', async () => {
  const intent: Partial<Stripe.PaymentIntent> = {
    ...{ id: 'pi_2', status: 'succeeded', amount_received: 2000, currency: 'usd' },
    metadata: { ...METADATA, via: 'off-session' },
    last_payment_error: null,
  }
  stripe.answers({ ...cards, 'POST payment_intents': { body: intent } })
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
  expect(stripe.asked.at(-1)?.idempotencyKey).toBe('refill:pur-1')
  const error = {
    type: 'card_error',
    code: 'authentication_required',
    payment_intent: { id: 'pi_3' },
  }
  stripe.answers({ ...cards, 'POST payment_intents': { status: 402, body: { error } } })
  expect(unwrap(await gateway.charge(request))).toMatchObject({
    reference: 'pi_3',
    events: [{ type: 'declined', code: 'authentication_required' }],
  })
})

it('a refund once for each key; one that is done is done, one refused is refused', async () => {
  const refund = { payment: 'pi_1', amount: 700, key: 'pur-1:refund-1' }
  stripe.answers({ 'POST refunds': { body: { id: 're_1' } } })
  expect(await gateway.refund(refund)).toMatchObject({ ok: true })
  expect(stripe.asked.at(-1)?.idempotencyKey).toBe('refund:pur-1:refund-1')
  const failed = (code: string) => ({
    'POST refunds': { status: 400, body: { error: { type: 'invalid_request_error', code } } },
  })
  stripe.answers(failed('charge_already_refunded'))
  expect(await gateway.refund(refund)).toMatchObject({ ok: true })
  stripe.answers(failed('charge_disputed'))
  expect(await gateway.refund(refund)).toMatchObject({ error: { code: 'refund_refused' } })
})

it('what became of a page whose messages never came', async () => {
  const latest: Partial<Stripe.Charge> = {
    ...{ id: 'ch_1', amount_refunded: 500, disputed: true },
  }
  const dispute: Partial<Stripe.Dispute> = { ...{ id: 'dp_1', amount: 2000, status: 'lost' } }
  stripe.answers({
    'GET checkout/sessions/cs_1': {
      body: session({ status: 'complete', payment_status: 'paid', payment_intent: 'pi_1' }),
    },
    'GET payment_intents/pi_1': { body: { id: 'pi_1', latest_charge: latest } },
    'GET disputes': { body: { object: 'list', data: [dispute] } },
  })
  const seen = unwrap(await gateway.look({ ...KEY, reference: 'cs_1', payment: 'pi_1' }))
  expect(seen.events).toMatchObject([
    { type: 'paid', total: 2000 },
    { type: 'refunded', total: 500 },
    { type: 'disputed', disputeId: 'dp_1', status: 'lost' },
  ])
})

it('when it cannot be reached or is not set up, and whether its money is real', async () => {
  stripe.answers({
    'POST customers': { status: 401, body: { error: { type: 'invalid_request_error' } } },
  })
  expect(await gateway.customerFor('acc-1')).toMatchObject({
    error: { code: 'processor_not_set_up' },
  })
  expect(gateway.test).toBe(true)
})
