/**
 * Stripe as the processor: its own pages, and its idempotency keys. No card number ever comes here;
 * of a card we know the brand and the last four digits.
 */

import Stripe from 'stripe'
import type { Log } from '#shared/ports/log.ts'
import type { Clock } from '#shared/ports/time.ts'
import type { Money } from '#shared/credits/money.ts'
import { failure, success } from '#shared/result.ts'
import type {
  ChargeRequest,
  CheckoutRequest,
  Gateway,
  Observation,
  PurchaseKey,
} from '../gateway.ts'
import { createAsk, isDone } from './asking.ts'
import { createLooking, seen } from './looking.ts'
import { declineOf, type OurMetadata, readEvent, savedCardOf, seenIntent } from './read-event.ts'

export interface StripeSettings {
  readonly secretKey: string
  /** `whsec_…` of the endpoint that gets the webhooks. */
  readonly webhookSecret: string
  /** Where people come back to from a page. */
  returnUrl(): string
  /** Lets Stripe Tax add what is due. */
  readonly automaticTax: boolean
  readonly clock: Clock
  readonly log: Log
  /** Absent: Stripe's own address, over the network. */
  readonly fetch?: typeof globalThis.fetch
}

const TOLERANCE_SECONDS = 300
/** What Stripe takes. */
const LONGEST_COUPON_NAME = 40
const PAGE_LIFE_MS = 24 * 60 * 60_000
/** Stripe's pages live at least half an hour. */
const SHORTEST_PAGE_MS = 31 * 60_000

export function createStripeGateway(settings: StripeSettings): Gateway {
  const { clock, log, returnUrl } = settings
  const stripe = new Stripe(settings.secretKey, {
    maxNetworkRetries: 2,
    timeout: 20_000,
    telemetry: false,
    ...(settings.fetch ? { httpClient: Stripe.createFetchHttpClient(settings.fetch) } : {}),
  })
  const ask = createAsk(log)
  const { intentOf, invoiceOf, lookAt } = createLooking(stripe, clock)
  const test = /^(sk|rk)_test_/.test(settings.secretKey)

  const metadata = ({ accountId, purchaseId }: PurchaseKey, via: OurMetadata['via']) => ({
    account_id: accountId,
    purchase_id: purchaseId,
    via,
  })

  const back = (session: string) => ({
    success_url: `${returnUrl()}?done=${session}`,
    cancel_url: `${returnUrl()}?cancelled=${session}`,
  })

  /** What a code takes off a subscription, once: the next months have its price. */
  async function couponFor(request: CheckoutRequest): Promise<string | null> {
    const { purchaseId, name, price, renewsAt } = request
    if (!renewsAt || price.amount >= renewsAt.amount) return null
    const { id } = await stripe.coupons.create(
      {
        duration: 'once',
        amount_off: renewsAt.amount - price.amount,
        currency: price.currency.toLowerCase(),
        name: name.slice(0, LONGEST_COUPON_NAME),
        max_redemptions: 1,
        metadata: metadata(request, 'checkout'),
      },
      { idempotencyKey: `coupon:${purchaseId}` },
    )
    return id
  }

  function sessionFor(
    request: CheckoutRequest,
    coupon: string | null,
  ): Stripe.Checkout.SessionCreateParams {
    const { customer, name, price, renewsAt, purchaseId } = request
    const until = Math.max(request.expiresAt, clock.now() + SHORTEST_PAGE_MS)
    const along = metadata(request, 'checkout')
    return {
      customer,
      client_reference_id: purchaseId,
      metadata: along,
      ...back(purchaseId),
      line_items: [lineItem(name, renewsAt ?? price, renewsAt !== null)],
      ...(coupon === null ? {} : { discounts: [{ coupon }] }),
      // The page shows a card that was saved here, as its holder has agreed to.
      saved_payment_method_options: {
        allow_redisplay_filters: ['always', 'limited', 'unspecified'],
      },
      expires_at: Math.floor(Math.min(until, clock.now() + PAGE_LIFE_MS) / 1_000),
      ...(settings.automaticTax
        ? { automatic_tax: { enabled: true }, customer_update: { address: 'auto' } }
        : {}),
      ...(renewsAt
        ? { mode: 'subscription', subscription_data: { metadata: along } }
        : {
            mode: 'payment',
            payment_intent_data: { metadata: along, setup_future_usage: 'off_session' },
          }),
    }
  }

  async function charge({ accountId, purchaseId, customer, name, price }: ChargeRequest) {
    const methods = await ask('cards', () =>
      stripe.customers.listPaymentMethods(customer, { type: 'card', limit: 1 }),
    )
    if (!methods.ok) return methods
    const at = clock.now()
    const [card] = methods.data.data
    if (!card) return success(seen([{ type: 'declined', code: 'no_card', at }]))
    const params: Stripe.PaymentIntentCreateParams = {
      amount: price.amount,
      currency: price.currency.toLowerCase(),
      customer,
      payment_method: card.id,
      description: name,
      off_session: true,
      confirm: true,
      metadata: metadata({ accountId, purchaseId }, 'off-session'),
    }
    return ask('charge', async (): Promise<Observation> => {
      try {
        const options = { idempotencyKey: `refill:${purchaseId}` }
        const intent = await stripe.paymentIntents.create(params, options)
        return { ...seenIntent(intent, at), card: savedCardOf(card.card) }
      } catch (error) {
        if (!(error instanceof Stripe.errors.StripeCardError)) throw error
        const declined = { type: 'declined', code: declineOf(error), at } as const
        return { ...seen([declined]), reference: error.payment_intent?.id ?? null }
      }
    })
  }

  return {
    name: 'stripe',
    test,
    addsTax: settings.automaticTax,
    local: false,
    renews: true,
    async customerFor(accountId) {
      const made = await ask('customer', () =>
        stripe.customers.create(
          { metadata: { account_id: accountId } },
          { idempotencyKey: `customer:${accountId}` },
        ),
      )
      return made.ok ? success(made.data.id) : made
    },
    async openCheckout(request) {
      const { purchaseId, expiresAt } = request
      const idempotencyKey = `checkout:${purchaseId}:${expiresAt}`
      const session = await ask('checkout', async () =>
        stripe.checkout.sessions.create(sessionFor(request, await couponFor(request)), {
          idempotencyKey,
        }),
      )
      return session.ok ? pageOf(session.data) : session
    },
    async openCardSetup({ accountId, customer, key }) {
      const session = await ask('setup', () =>
        stripe.checkout.sessions.create(
          {
            mode: 'setup',
            currency: 'usd',
            customer,
            metadata: { account_id: accountId },
            ...back('card'),
          },
          { idempotencyKey: `setup:${key}` },
        ),
      )
      return session.ok ? pageOf(session.data) : session
    },
    async closeCheckout(reference) {
      const closed = await ask('close', () => stripe.checkout.sessions.expire(reference))
      // One that is over cannot be closed; how it ended is asked for next.
      if (!closed.ok && closed.error.code !== 'processor_refused') return closed
      return success(null)
    },
    charge,
    async refund({ payment, amount, key }) {
      const refund = await ask('refund', async () => {
        const intent = await intentOf(payment)
        if (intent === null) return
        await stripe.refunds.create(
          { payment_intent: intent, ...(amount === null ? {} : { amount }) },
          { idempotencyKey: `refund:${key}` },
        )
      })
      if (refund.ok || isDone(refund.error)) return success(null)
      if (refund.error.code !== 'processor_refused') return refund
      return failure('refund_refused', 'The processor does not refund this payment.')
    },
    async look({ reference, payment }) {
      if (reference === null) return success(seen([]))
      return ask('look', () => lookAt(reference, payment))
    },
    nameOf: (payment) => ask('invoice', () => invoiceOf(payment)),
    async card(customer) {
      const methods = await ask('cards', () =>
        stripe.customers.listPaymentMethods(customer, { type: 'card', limit: 1 }),
      )
      return methods.ok ? success(savedCardOf(methods.data.data[0]?.card)) : methods
    },
    async removeCard(customer) {
      const removed = await ask('remove cards', async () => {
        const { data } = await stripe.customers.listPaymentMethods(customer, { type: 'card' })
        for (const { id } of data) await stripe.paymentMethods.detach(id)
      })
      return removed.ok ? success(null) : removed
    },
    async portal(customer) {
      const session = await ask('portal', () =>
        stripe.billingPortal.sessions.create({ customer, return_url: returnUrl() }),
      )
      return session.ok ? success(session.data.url) : session
    },
    async endSubscription({ reference }) {
      if (reference === null) return success(null)
      const ended = await ask('end subscription', async () => {
        const session = await stripe.checkout.sessions.retrieve(reference)
        const { subscription } = session
        const id = typeof subscription === 'string' ? subscription : subscription?.id
        if (id) await stripe.subscriptions.update(id, { cancel_at_period_end: true })
      })
      return ended.ok ? success(null) : ended
    },
    verify(body, signature) {
      try {
        const event = stripe.webhooks.constructEvent(
          body,
          signature,
          settings.webhookSecret,
          TOLERANCE_SECONDS,
          undefined,
          clock.now(),
        )
        if (event.livemode === test) {
          return failure('message_not_understood', 'The message is about the other kind of money.')
        }
        return success({ id: event.id, type: event.type })
      } catch (error) {
        const isStale = String(error).includes('tolerance zone')
        if (isStale) return failure('signature_stale', 'The message was signed too long ago.')
        return failure('signature_wrong', 'The message is not signed by the processor.')
      }
    },
    read: (body) => readEvent(JSON.parse(body) as Stripe.Event),
  }
}

function lineItem(name: string, { amount, currency }: Money, renews: boolean) {
  return {
    quantity: 1,
    price_data: {
      currency: currency.toLowerCase(),
      unit_amount: amount,
      product_data: { name },
      ...(renews ? { recurring: { interval: 'month' as const } } : {}),
    },
  }
}

function pageOf({ id, url, expires_at: seconds }: Stripe.Checkout.Session) {
  if (url === null) return failure('purchase_closed', 'There is nothing to pay here any more.')
  return success({ reference: id, url, expiresAt: seconds * 1_000 })
}
