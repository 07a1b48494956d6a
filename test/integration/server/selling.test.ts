/** The server sells to its teams: over real HTTP, on both engines, with the sandbox and with Stripe. */

import { createHmac, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import type { PurchaseState } from '#shared/purchase/purchase.ts'
import { unwrap } from '../../support/ledger.ts'
import { silentLog } from '../../support/silent-log.ts'
import { CARDS, goBack, typeCard } from '../../support/sandbox-browser.ts'
import { createTeam, invite, type TestMachine, codeOf } from '../../support/server-machines.ts'
import { startTestServer, type TestServer } from '../../support/server-world.ts'
import { onEachEngine } from '../../support/stores.ts'

const CREDIT = 1_000
const pack = (promoCode: string | null = null) =>
  ({ kind: 'offer', offerId: 'pack-500', quantity: 1, promoCode }) as const
/** A team whose plan may buy. */
async function buyingTeam(server: TestServer, name = 'Ada'): Promise<TestMachine> {
  const owner = await createTeam(server.address, name)
  await owner.must('plan.change', { changeId: randomUUID(), planId: 'creator', seats: 1 })
  return owner
}

async function begin(machine: TestMachine, purchaseId = randomUUID()) {
  const { price } = await machine.must('purchase.quote', { order: pack() })
  return machine.must('purchase.start', { purchaseId, order: pack(), acceptedPrice: price })
}

async function until(machine: TestMachine, purchaseId: string, state: PurchaseState) {
  for (let tries = 0; tries < 300; tries++) {
    const purchase = await machine.must('purchase.read', { purchaseId })
    if (purchase.state === state) return purchase
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`It never became ${state}`)
}

const poolOf = async (machine: TestMachine) => {
  const { pool } = await machine.must('team.read', {})
  return (pool.available + pool.leased) / CREDIT
}

onEachEngine((place) => {
  let server: TestServer
  let ada: TestMachine
  let grace: TestMachine
  let eve: TestMachine
  beforeAll(async () => {
    server = await startTestServer(await place.fresh())
    ada = await buyingTeam(server)
    grace = await invite(server.address, ada, 'member', 'Grace')
    eve = await buyingTeam(server, 'Eve')
  })
  afterAll(() => server.close())

  it('a purchase is paid on the sandbox’s page, and everybody of the team sees it', async () => {
    const before = await poolOf(ada)
    const { id, payUrl, state } = await begin(ada)
    expect(state).toBe('pending')
    expect(payUrl).toMatch(`${server.address}/sandbox/`)
    expect((await typeCard(payUrl!, CARDS.declined)).text).toContain('role="alert"')
    expect((await until(ada, id, 'declined')).decline).toBe('card_declined')
    expect((await typeCard(payUrl!, CARDS.good)).text).toContain('Payment successful')
    const granted = await until(ada, id, 'granted')
    expect(granted.receipt?.card).toEqual({ brand: 'Visa', lastFour: '4242' })
    expect(await poolOf(grace)).toBe(before + 500)
    const seen = await grace.must('purchase.read', { purchaseId: id })
    expect(seen).toMatchObject({ state: 'granted', payUrl: null, receipt: { card: null } })
    const { purchases } = await grace.must('purchase.history', { before: null, limit: 10 })
    expect(purchases.map((one) => one.id)).toContain(id)
  })

  it('who may not buy is told who may, and can do nothing about purchases', async () => {
    const panel = await grace.must('purchase.panel', {})
    expect(panel).toMatchObject({ card: null, block: { code: 'not_a_buyer' } })
    expect(panel.block?.helps.people).toEqual(['Ada'])
    const { id, payUrl } = await begin(ada)
    const key = { purchaseId: id }
    const acceptedPrice = { amount: 2_000, currency: 'USD' }
    const refused = [
      grace.call('purchase.quote', { order: pack() }),
      grace.call('purchase.start', { purchaseId: randomUUID(), order: pack(), acceptedPrice }),
      grace.call('purchase.resume', key),
      grace.call('purchase.cancel', key),
      grace.call('purchase.refund', key),
      grace.call('card.setup', { requestId: randomUUID() }),
      grace.call('card.remove', {}),
      grace.call('addOn.end', { subscriptionId: id }),
    ]
    for (const answer of await Promise.all(refused)) {
      expect([answer.status, codeOf(answer)]).toEqual([403, 'not_a_buyer'])
    }
    await goBack(payUrl!)
    await until(ada, id, 'cancelled')
  })

  it('a purchase of another account is as good as none', async () => {
    const { id } = await begin(ada)
    for (const call of ['read', 'resume', 'cancel', 'refund'] as const) {
      const answer = await eve.call(`purchase.${call}`, { purchaseId: id })
      expect([answer.status, codeOf(answer)]).toEqual([404, 'purchase_unknown'])
    }
    const { purchases } = await eve.must('purchase.history', { before: null, limit: 10 })
    expect(purchases).toEqual([])
    await ada.must('purchase.cancel', { purchaseId: id })
  })

  it('a price made up by the machine is refused, and so is what no order can be', async () => {
    const order = pack()
    const start = (acceptedPrice: object, changed: object = order) =>
      ada.call('purchase.start', {
        purchaseId: randomUUID(),
        order: changed,
        acceptedPrice,
      } as never)
    expect(codeOf(await start({ amount: 1, currency: 'USD' }))).toBe('price_changed')
    expect(codeOf(await start({ amount: 2_000, currency: 'EUR' }))).toBe('price_changed')
    expect(codeOf(await start({ amount: -1, currency: 'USD' }))).toBe('invalid_input')
    for (const quantity of [-1, 0, 1.5]) {
      const answer = await start({ amount: 2_000, currency: 'USD' }, { ...order, quantity })
      expect(codeOf(answer)).toBe('invalid_input')
    }
  })

  it('the way back from a page proves nothing, however often it is gone', async () => {
    const { id } = await begin(ada)
    for (let times = 0; times < 3; times++) {
      const page = await fetch(`${server.address}/bought?done=${id}`)
      expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('close this')])
    }
    expect(await ada.must('purchase.read', { purchaseId: id })).toMatchObject({ state: 'pending' })
    await ada.must('purchase.cancel', { purchaseId: id })
  })

  it('a message that nobody signed is refused, whatever it is', async () => {
    const send = (headers: Record<string, string>, body = '{"id":"evt_1"}') =>
      fetch(`${server.address}/webhooks/sandbox`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      })
    expect((await send({})).status).toBe(400)
    const forged = await send({ 'stripe-signature': `t=1,v1=${'0'.repeat(64)}` })
    expect(await forged.json()).toMatchObject({ error: { code: 'signature_wrong' } })
    expect((await send({}, 'x'.repeat(600_000))).status).toBe(413)
    const counted = 'tallystick_webhooks_total{code="signature_wrong"}'
    expect(await server.metric(counted)).toBe(2)
  })

  it('codes cannot be guessed', async () => {
    const guess = () => eve.call('purchase.quote', { order: pack(`GUESS-${randomUUID()}`) })
    for (let tries = 0; tries < 10; tries++) expect(codeOf(await guess())).toBe('promo_unknown')
    const refused = await guess()
    expect([refused.status, codeOf(refused)]).toEqual([429, 'promo_too_many_tries'])
  })

  it('auto-refill needs a card, buys once the pool is low, and is seen in the panel', async () => {
    const owner = await buyingTeam(server, 'Lin')
    const choice = {
      enabled: true,
      threshold: 100_000 * CREDIT,
      offerId: 'pack-500',
      quantity: 1,
      monthlyLimit: { amount: 2_000, currency: 'USD' },
    }
    expect(codeOf(await owner.call('autoRefill.set', choice))).toBe('no_card')
    const { url } = await owner.must('card.setup', { requestId: randomUUID() })
    await typeCard(url, CARDS.good)
    await expect
      .poll(async () => (await owner.must('purchase.panel', {})).card)
      .toMatchObject({ lastFour: '4242' })
    const before = await poolOf(owner)
    await owner.must('autoRefill.set', choice)
    expect(await poolOf(owner)).toBe(before + 500)
    const { autoRefill } = await owner.must('purchase.panel', {})
    expect(autoRefill?.usedThisMonth.amount).toBe(2_000)
    expect(codeOf(await owner.call('card.portal', {}))).toBe('no_portal')
  })
})

const WEBHOOK_SECRET = 'whsec_test'

describe('with Stripe', () => {
  let server: TestServer
  let ada: TestMachine
  const asked: string[] = []
  /** Each line with its code. */
  const logged: string[] = []
  const note = (text: string, fields: { readonly code?: unknown } = {}) => {
    logged.push([text, fields.code].filter((part) => typeof part === 'string').join(' '))
  }
  beforeAll(async () => {
    server = await startTestServer(':memory:', {
      log: { ...silentLog, info: note, warn: note, error: note },
      stripe: {
        secretKey: 'sk_test_1',
        webhookSecret: WEBHOOK_SECRET,
        automaticTax: false,
        fetch: async (input) => stripeAnswer(input instanceof Request ? input.url : String(input)),
      },
    })
    ada = await buyingTeam(server)
  })
  afterAll(() => server.close())

  function stripeAnswer(url: string): Response {
    const { pathname } = new URL(url)
    asked.push(pathname)
    const seconds = Math.floor(server.time.now() / 1_000)
    const session = {
      ...{ id: 'cs_1', object: 'checkout.session', status: 'open', payment_status: 'unpaid' },
      url: 'https://checkout.stripe.com/c/pay/cs_1',
      expires_at: seconds + 80_000,
    }
    const answers: Record<string, object> = {
      '/v1/customers': { id: 'cus_1', object: 'customer' },
      '/v1/customers/cus_1/payment_methods': { object: 'list', data: [] },
    }
    return new Response(JSON.stringify(answers[pathname] ?? session), {
      headers: { 'content-type': 'application/json' },
    })
  }

  const sign = (body: string, at: number, secret = WEBHOOK_SECRET) => {
    const seconds = Math.floor(at / 1_000)
    const digest = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
    return `t=${seconds},v1=${digest}`
  }

  const send = (body: string, signature: string) =>
    fetch(`${server.address}/webhooks/stripe`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'stripe-signature': signature },
      body,
    })

  const event = (id: string, type: string, object: object, livemode = false) =>
    JSON.stringify({
      ...{ id, object: 'event', type, livemode },
      created: Math.floor(server.time.now() / 1_000),
      data: { object },
    })

  const completed = (purchaseId: string, total = 2_000, livemode = false, machine = ada) => {
    const { accountId } = machine.enrolment.issuer
    const metadata = { account_id: accountId, purchase_id: purchaseId, via: 'checkout' }
    const paid = { status: 'complete', payment_status: 'paid', payment_intent: `pi_${purchaseId}` }
    const price = { amount_total: total, currency: 'usd', total_details: { amount_tax: 0 } }
    return event(
      `evt_${randomUUID()}`,
      'checkout.session.completed',
      { id: 'cs_1', object: 'checkout.session', mode: 'payment', metadata, ...paid, ...price },
      livemode,
    )
  }

  it('grants what a signed message says is paid, once, and nothing that another message says', async () => {
    const before = await poolOf(ada)
    const { id, payUrl } = await begin(ada)
    expect(payUrl).toBe('https://checkout.stripe.com/c/pay/cs_1')
    const now = server.time.now()
    const body = completed(id)
    const answers = async (response: Response) =>
      ((await response.json()) as { error?: { code: string } }).error?.code ?? 'ok'
    expect(await answers(await send(body, sign(body, now, 'whsec_other')))).toBe('signature_wrong')
    expect(await answers(await send(`${body} `, sign(body, now)))).toBe('signature_wrong')
    const old = await send(body, sign(body, now - 10 * 60_000))
    expect(await answers(old)).toBe('signature_stale')
    const live = completed(id, 2_000, true)
    expect(await answers(await send(live, sign(live, now)))).toBe('message_not_understood')
    expect((await ada.must('purchase.read', { purchaseId: id })).state).toBe('pending')

    for (const odd of [
      completed(id, 1),
      completed(randomUUID()),
      event('evt_unknown', 'customer.created', { id: 'cus_2' }),
    ]) {
      expect(await answers(await send(odd, sign(odd, now)))).toBe('ok')
    }
    expect((await ada.must('purchase.read', { purchaseId: id })).state).toBe('pending')

    for (let times = 0; times < 3; times++) {
      expect((await send(body, sign(body, now))).status).toBe(200)
    }
    await until(ada, id, 'granted')
    expect(await poolOf(ada)).toBe(before + 500)
    const stale = 'tallystick_webhooks_total{code="signature_stale"}'
    expect(await server.metric(stale)).toBe(1)
    expect(asked).toContain('/v1/checkout/sessions')
  })

  it('whatever is refused or ignored is in the log, and brings nothing', async () => {
    const eve = await buyingTeam(server, 'Eve')
    const before = await poolOf(ada)
    const { id } = await begin(ada)
    const now = server.time.now()
    logged.length = 0
    const deliver = (body: string, signature = sign(body, now)) => send(body, signature)
    await deliver('{}', sign('other', now))
    await deliver('{}', sign('{}', now - 10 * 60_000))
    await deliver(event('evt_odd', 'customer.created', { id: 'cus_2' }))
    await deliver(completed(id, 1))
    await deliver(completed(id).replace('"usd"', '"eur"'))
    await deliver(completed(id, 2_000, false, eve))
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

  const answerOf = async (body: string) => {
    const response = await send(body, sign(body, server.time.now()))
    expect(response.status).toBe(200)
  }

  const dispute = (purchaseId: string, status: 'needs_response' | 'won', amount = 2_000) =>
    answerOf(
      event(`evt_${randomUUID()}`, `charge.dispute.${status === 'won' ? 'closed' : 'created'}`, {
        ...{ id: `dp_${purchaseId}`, object: 'dispute', amount, status },
        payment_intent: `pi_${purchaseId}`,
      }),
    )

  /** A team with a pack that one of its machines has leased whole, with all else there is. */
  async function leasedWhole(name: string) {
    const owner = await buyingTeam(server, name)
    const other = await invite(server.address, owner, 'member', 'Max')
    const { accountId, deviceId } = owner.enrolment.issuer
    const begun = await poolOf(owner)
    const { id } = await begin(owner)
    await answerOf(completed(id, 2_000, false, owner))
    await until(owner, id, 'granted')
    const grantId = `purchase:${id}`

    const lease = (device: string, needed: number) =>
      server.database.transaction(async (transaction) => {
        await transaction.lockAccount(accountId)
        const request = { needed: millicredits(needed), operation: null }
        const leased = unwrap(await server.authority.lease(transaction, accountId, device, request))
        return leased.lease?.statement.lines.find((line) => line.grantId === grantId)?.granted
      })
    expect(await lease(deviceId, (begun + 500) * CREDIT)).toBe(500 * CREDIT)

    /** What it gives back of the pack. */
    const back = (sequence: number, credits: number) =>
      server.database.transaction(async (transaction) => {
        await transaction.lockAccount(accountId)
        const draws = [{ grantId, amount: millicredits(credits * CREDIT) }]
        const record = { sequence, at: server.time.now(), spent: [], returned: draws, expired: [] }
        const head = { sequence, hash: String(sequence).repeat(64) }
        const { report } = server.authority
        unwrap(await report(transaction, accountId, deviceId, [record], head))
      })
    const looks = async () => {
      server.sales.poolChanged(accountId)
      await server.time.advance(1_000)
    }
    return { owner, other: other.enrolment.issuer.deviceId, id, begun, lease, back, looks }
  }

  it('closes what is contested, has it back from machines, and gives all of it again when won', async () => {
    const { owner, other, id, begun, lease, back, looks } = await leasedWhole('Lin')
    await dispute(id, 'needs_response')
    await until(owner, id, 'disputed')
    expect(await poolOf(owner)).toBe(begun + 500)

    // It gives back a part of it, and the dispute is won before the rest is here.
    await back(1, 200)
    expect(await poolOf(owner)).toBe(begun + 300)
    expect(await lease(other, 0)).toBeUndefined()
    await looks()
    await dispute(id, 'won')
    await until(owner, id, 'granted')
    await expect.poll(() => poolOf(owner)).toBe(begun + 500)
    await back(2, 300)
    expect(await poolOf(owner)).toBe(begun + 200)
    await server.time.advance(61_000)
    await expect.poll(() => poolOf(owner)).toBe(begun + 500)
  })

  it('has what is contested in part back from machines too, and only that', async () => {
    const { owner, other, id, begun, lease, back, looks } = await leasedWhole('Kim')
    await dispute(id, 'needs_response', 800)
    await until(owner, id, 'disputed')
    expect(await lease(other, 0)).toBeUndefined()
    await back(1, 150)
    await looks()
    await expect.poll(() => poolOf(owner)).toBe(begun + 350)
    // 200 of the 500 are contested: beyond them it is the team's again.
    await back(2, 250)
    await looks()
    await expect.poll(() => poolOf(owner)).toBe(begun + 300)
    await back(3, 100)
    await looks()
    await expect.poll(() => poolOf(owner)).toBe(begun + 300)
    await dispute(id, 'won', 800)
    await until(owner, id, 'granted')
    await expect.poll(() => poolOf(owner)).toBe(begun + 500)
  })
})
