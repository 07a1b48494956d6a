/** Stripe as the server meets it: answers as they are set, objects of stripe-node's own types. */

import Stripe from 'stripe'
import type { Gateway } from '../../src-server/payments/gateway.ts'
import { createStripeGateway } from '../../src-server/payments/stripe/stripe-gateway.ts'
import { silentLog } from './silent-log.ts'

export const NOW = Date.parse('2026-11-21T12:00:00Z')
export const KEY = { accountId: 'acc-1', purchaseId: 'pur-1' }
export const METADATA = { account_id: 'acc-1', purchase_id: 'pur-1', via: 'checkout' }
const SECRET = 'whsec_test'

export interface Asked {
  readonly method: string
  readonly path: string
  readonly body: URLSearchParams
  readonly idempotencyKey: string | null
}

type Answers = Readonly<Record<string, { readonly status?: number; readonly body: object }>>

export interface FakeStripe {
  readonly gateway: Gateway
  /** What it was asked since it was last told what to answer. */
  readonly asked: readonly Asked[]
  /** By method and path; whatever else is asked for is not there. */
  answers(answers: Answers): void
}

export function createFakeStripe(): FakeStripe {
  let answers: Answers = {}
  const asked: Asked[] = []

  async function answer(input: string | URL | Request, init?: RequestInit): Promise<Response> {
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
    return new Response(JSON.stringify(json), {
      status,
      headers: { 'content-type': 'application/json' },
    })
  }

  const gateway = createStripeGateway({
    secretKey: 'sk_test_x',
    webhookSecret: SECRET,
    returnUrl: () => 'https://tally.example/paid',
    automaticTax: false,
    clock: { now: () => NOW, monotonic: () => 0 },
    log: silentLog,
    fetch: answer,
  })
  return {
    gateway,
    asked,
    answers(set) {
      answers = set
      asked.length = 0
    },
  }
}

/** The page of a purchase, open. */
export const session = (
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

export function event(type: Stripe.Event.Type, object: object, id = 'evt_1'): string {
  const shell = { id, object: 'event', created: NOW / 1_000, livemode: false, api_version: null }
  return JSON.stringify({ ...shell, type, data: { object } })
}

export const sign = (payload: string, at = NOW) =>
  new Stripe('sk_test_x').webhooks.generateTestHeaderString({
    payload,
    secret: SECRET,
    timestamp: Math.floor(at / 1_000),
  })
