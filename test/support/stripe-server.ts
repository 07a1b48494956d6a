/** A server that sells by Stripe, and the messages that Stripe would send it. */

import { createHmac, randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import type { TestMachine } from './server-machines.ts'
import { startTestServer, type TestServer } from './server-world.ts'
import { silentLog } from './silent-log.ts'

const WEBHOOK_SECRET = 'whsec_test'
const PRICE = 2_000

export interface StripeServer extends TestServer {
  /** Paths of Stripe's that the server called. */
  readonly asked: readonly string[]
  /** Each line of its log with its code. */
  readonly logged: string[]
  /** What Stripe has saved of everybody's cards. */
  readonly cards: object[]
  sign(body: string, at?: number, secret?: string): string
  send(body: string, signature?: string): Promise<Response>
  /** Sends what it must take. */
  tell(body: string): Promise<void>
  event(id: string, type: string, object: object, livemode?: boolean): string
  /** That a page was paid. */
  completed(machine: TestMachine, purchaseId: string, options?: CompletedOptions): string
  refunded(purchaseId: string, amount: number): string
  dispute(purchaseId: string, status: 'needs_response' | 'won', amount?: number): string
}

interface CompletedOptions {
  readonly total?: number
  readonly livemode?: boolean
}

export async function startStripeServer(): Promise<StripeServer> {
  const asked: string[] = []
  const logged: string[] = []
  const cards: object[] = []
  let customers = 0
  const note = (text: string, fields: { readonly code?: unknown } = {}) => {
    logged.push([text, fields.code].filter((part) => typeof part === 'string').join(' '))
  }
  const server = await startTestServer(':memory:', {
    log: { ...silentLog, info: note, warn: note, error: note },
    stripe: {
      secretKey: 'sk_test_1',
      webhookSecret: WEBHOOK_SECRET,
      automaticTax: false,
      fetch: async (input) => answer(input instanceof Request ? input.url : String(input)),
    },
  })
  const seconds = () => Math.floor(server.time.now() / 1_000)

  function answer(url: string): Response {
    const { pathname } = new URL(url)
    asked.push(pathname)
    const session = {
      ...{ id: 'cs_1', object: 'checkout.session', status: 'open', payment_status: 'unpaid' },
      url: 'https://checkout.stripe.com/c/pay/cs_1',
      expires_at: seconds() + 80_000,
    }
    const json = () => {
      if (pathname === '/v1/customers') return { id: `cus_${++customers}`, object: 'customer' }
      return pathname.endsWith('/payment_methods') ? { object: 'list', data: cards } : session
    }
    return new Response(JSON.stringify(json()), {
      headers: { 'content-type': 'application/json' },
    })
  }

  function sign(body: string, at = server.time.now(), secret = WEBHOOK_SECRET): string {
    const time = Math.floor(at / 1_000)
    const digest = createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')
    return `t=${time},v1=${digest}`
  }

  const send = (body: string, signature = sign(body)) =>
    fetch(`${server.address}/webhooks/stripe`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'stripe-signature': signature },
      body,
    })

  const event = (id: string, type: string, object: object, livemode = false) =>
    JSON.stringify({
      ...{ id, object: 'event', type, livemode, created: seconds() },
      data: { object },
    })
  const fresh = (type: string, object: object, livemode?: boolean) =>
    event(`evt_${randomUUID()}`, type, object, livemode)

  return {
    ...server,
    asked,
    logged,
    cards,
    sign,
    send,
    async tell(body) {
      expect((await send(body)).status).toBe(200)
    },
    event,
    completed(machine, purchaseId, { total = PRICE, livemode = false } = {}) {
      const { accountId } = machine.enrolment.issuer
      const metadata = { account_id: accountId, purchase_id: purchaseId, via: 'checkout' }
      const session = {
        ...{ id: 'cs_1', object: 'checkout.session', mode: 'payment', metadata },
        ...{ status: 'complete', payment_status: 'paid', payment_intent: `pi_${purchaseId}` },
        ...{ amount_total: total, currency: 'usd', total_details: { amount_tax: 0 } },
      }
      return fresh('checkout.session.completed', session, livemode)
    },
    refunded: (purchaseId, amount) =>
      fresh('charge.refunded', {
        ...{ id: `ch_${purchaseId}`, object: 'charge', amount_refunded: amount },
        payment_intent: `pi_${purchaseId}`,
      }),
    dispute: (purchaseId, status, amount = PRICE) =>
      fresh(`charge.dispute.${status === 'won' ? 'closed' : 'created'}`, {
        ...{ id: `dp_${purchaseId}`, object: 'dispute', amount, status },
        payment_intent: `pi_${purchaseId}`,
      }),
  }
}
