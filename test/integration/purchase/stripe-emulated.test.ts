/**
 * Stripe's gateway over real HTTP against an emulation of Stripe that is not ours, for what that one
 * does: customers, pages, their end, signed messages. It has no inline prices, refunds, disputes or
 * subscriptions; those are in test/unit/payments/stripe-*.test.ts, by stripe-node's own types.
 */

import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createEmulator, type Emulator } from 'emulate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Gateway } from '../../../src-server/payments/gateway.ts'
import { createStripeGateway } from '../../../src-server/payments/stripe/stripe-gateway.ts'
import { unwrap } from '../../support/ledger.ts'
import { silentLog } from '../../support/silent-log.ts'

const SECRET = 'whsec_emulated'

interface Told {
  readonly body: string
  readonly signature: string
}

let hook: Server
let stripe: Emulator
let gateway: Gateway
let told: Told[]

beforeAll(async () => {
  told = []
  hook = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      const signature = String(request.headers['stripe-signature'])
      told.push({ body: Buffer.concat(pieces).toString('utf8'), signature })
      response.end()
    })
  }).listen(0, '127.0.0.1')
  await once(hook, 'listening')
  const { port } = hook.address() as AddressInfo
  const webhooks = [{ url: `http://127.0.0.1:${port}/`, events: ['*'], secret: SECRET }]
  stripe = await createEmulator({ service: 'stripe', port: 0, seed: { stripe: { webhooks } } })
  gateway = createStripeGateway({
    secretKey: 'sk_test_emulated',
    webhookSecret: SECRET,
    returnUrl: () => 'http://127.0.0.1/paid',
    automaticTax: false,
    clock: { now: Date.now, monotonic: () => performance.now() },
    log: silentLog,
    fetch: (input, init) => {
      const { pathname, search } = new URL(input instanceof Request ? input.url : input)
      return fetch(`${stripe.url}${pathname}${search}`, init)
    },
  })
})

afterAll(async () => {
  await stripe.close()
  hook.close()
})

async function setup(key: string) {
  const customer = unwrap(await gateway.customerFor('acc-1'))
  return unwrap(await gateway.openCardSetup({ accountId: 'acc-1', customer, key }))
}

describe('Stripe’s gateway against an emulated Stripe', () => {
  it('opens a page for a customer that it made', async () => {
    const { reference, url } = await setup('one')
    expect(reference).toMatch(/^cs_/)
    expect((await fetch(url)).status).toBe(200)
  })

  it('closes a page once, and finds it over by asking', async () => {
    const { reference } = await setup('two')
    const look = () =>
      gateway.look({ accountId: 'acc-1', purchaseId: 'pur-1', reference, payment: null })
    expect(unwrap(await look()).events).toEqual([])
    expect(await gateway.closeCheckout(reference)).toMatchObject({ ok: true })
    expect(await gateway.closeCheckout(reference)).toMatchObject({ ok: true })
    expect(unwrap(await look()).events).toMatchObject([{ type: 'expired' }])
  })

  it('takes its messages by their raw bytes, and none that was touched', async () => {
    const { reference } = await setup('three')
    unwrap(await gateway.closeCheckout(reference))
    const about = () => told.find(({ body }) => body.includes(reference))
    await expect.poll(about).toBeDefined()
    const { body, signature } = about() as Told
    expect(gateway.verify(body, signature)).toMatchObject({
      data: { type: 'checkout.session.expired' },
    })
    const touched = body.replace(reference, `${reference}x`)
    expect(gateway.verify(touched, signature)).toMatchObject({ error: { code: 'signature_wrong' } })
  })

  it('gives what Stripe refuses as a failure', async () => {
    const unknown = { accountId: 'acc-1', customer: 'cus_nobody', key: 'four' }
    expect(await gateway.openCardSetup(unknown)).toMatchObject({
      error: { code: 'processor_refused' },
    })
  })
})
