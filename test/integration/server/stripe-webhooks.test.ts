/** What Stripe tells the server: signed and fitting, or refused and logged. */

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { begin, buyingTeam, pack, poolOf, until } from '../../support/selling.ts'
import type { TestMachine } from '../../support/server-machines.ts'
import { startStripeServer, type StripeServer } from '../../support/stripe-server.ts'

let server: StripeServer
let ada: TestMachine
beforeAll(async () => {
  server = await startStripeServer()
  ada = await buyingTeam(server)
})
afterAll(() => server.close())

const codeOf = async (sent: Promise<Response>) =>
  ((await (await sent).json()) as { error?: { code: string } }).error?.code ?? 'ok'

const TOO_OLD_MS = 10 * 60_000

it('grants what a signed message says is paid, once, and nothing that another message says', async () => {
  const before = await poolOf(ada)
  const { id, payUrl } = await begin(ada)
  expect(payUrl).toBe('https://checkout.stripe.com/c/pay/cs_1')
  const now = server.time.now()
  const { send, sign } = server
  const body = server.completed(ada, id)
  expect(await codeOf(send(body, sign(body, now, 'whsec_other')))).toBe('signature_wrong')
  expect(await codeOf(send(`${body} `, sign(body)))).toBe('signature_wrong')
  expect(await codeOf(send(body, sign(body, now - TOO_OLD_MS)))).toBe('signature_stale')
  const live = server.completed(ada, id, { livemode: true })
  expect(await codeOf(send(live))).toBe('message_not_understood')
  expect((await ada.must('purchase.read', { purchaseId: id })).state).toBe('pending')

  await server.tell(server.completed(ada, id, { total: 1 }))
  await server.tell(server.completed(ada, randomUUID()))
  await server.tell(server.event('evt_unknown', 'customer.created', { id: 'cus_2' }))
  expect((await ada.must('purchase.read', { purchaseId: id })).state).toBe('pending')

  for (let times = 0; times < 3; times++) await server.tell(body)
  await until(ada, id, 'granted')
  expect(await poolOf(ada)).toBe(before + 500)
  expect(await server.metric('tallystick_webhooks_total{code="signature_stale"}')).toBe(1)
  expect(server.asked).toContain('/v1/checkout/sessions')
})

it('whatever is refused or ignored is in the log, and brings nothing', async () => {
  const eve = await buyingTeam(server, 'Eve')
  const before = await poolOf(ada)
  const { id } = await begin(ada)
  const { send, sign, logged } = server
  logged.length = 0
  await send('{}', sign('other'))
  await send('{}', sign('{}', server.time.now() - TOO_OLD_MS))
  await send(server.event('evt_odd', 'customer.created', { id: 'cus_2' }))
  await send(server.completed(ada, id, { total: 1 }))
  await send(server.completed(ada, id).replace('"usd"', '"eur"'))
  await send(server.completed(eve, id))
  await fetch(`${server.address}/bought?done=${id}`)
  const order = pack()
  const acceptedPrice = { amount: 1, currency: 'USD' }
  await ada.call('purchase.start', { purchaseId: randomUUID(), order, acceptedPrice })
  await ada.call('purchase.quote', { order: { ...order, quantity: -1 } })
  await ada.call('purchase.quote', { order: { ...order, quantity: 0.5 } })
  await eve.call('purchase.read', { purchaseId: id })
  for (let tries = 0; tries < 11; tries++) {
    await eve.call('purchase.quote', { order: pack(`GUESS-${tries}`) })
  }
  const expected = [
    'A webhook was refused signature_wrong',
    'A webhook was refused signature_stale',
    'A webhook is of no use here',
    'A processor told of a payment that is none of this purchase amount_differs',
    'A processor told of a payment that is none of this purchase currency_differs',
    'A webhook is about a purchase that is not here',
    'Somebody came back from a payment page',
    'A purchase was asked for at another price',
    'Call invalid_input',
    'Call purchase_unknown',
    'Promo codes are tried too often',
  ]
  await expect.poll(() => logged).toEqual(expect.arrayContaining(expected))
  expect(logged.filter((line) => line === 'Call invalid_input')).toHaveLength(2)
  expect((await ada.must('purchase.read', { purchaseId: id })).state).toBe('pending')
  expect(await poolOf(ada)).toBe(before)
})

it('a card that was changed on Stripe’s own pages is the saved card', async () => {
  const lin = await buyingTeam(server, 'Lin')
  await begin(lin)
  const [payer] = await server.database.query<{ customer: string }>(
    'SELECT customer FROM payer WHERE account_id = ?',
    lin.enrolment.issuer.accountId,
  )
  const { customer } = payer!
  const saved = async () => (await lin.must('purchase.panel', {})).card
  const method = { id: 'pm_1', object: 'payment_method', customer }
  server.cards.push({
    ...method,
    card: { brand: 'visa', last4: '4444', exp_month: 1, exp_year: 2034 },
  })
  await server.tell(server.event('evt_attached', 'payment_method.attached', method))
  await expect.poll(saved).toMatchObject({ brand: 'Visa', lastFour: '4444' })
  server.cards.length = 0
  await server.tell(server.event('evt_updated', 'customer.updated', { id: customer }))
  await expect.poll(saved).toBeNull()
  expect((await ada.must('purchase.panel', {})).card).toBeNull()
})
