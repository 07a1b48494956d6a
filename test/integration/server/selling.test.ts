/** The server sells to its teams: over real HTTP, on both engines, with the sandbox. */

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { CARDS, goBack, typeCard } from '../../support/sandbox-browser.ts'
import { begin, buyingTeam, CREDIT, pack, poolOf, until } from '../../support/selling.ts'
import { codeOf, invite, type TestMachine } from '../../support/server-machines.ts'
import { startTestServer, type TestServer } from '../../support/server-world.ts'
import { onEachEngine } from '../../support/stores.ts'

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

  it('codes cannot be guessed, one by one or all at once', async () => {
    const guess = () => eve.call('purchase.quote', { order: pack(`GUESS-${randomUUID()}`) })
    const many = await Promise.all(Array.from({ length: 30 }, guess))
    const codes = many.map(codeOf)
    expect(codes.filter((code) => code === 'promo_unknown')).toHaveLength(10)
    expect(codes.filter((code) => code === 'promo_too_many_tries')).toHaveLength(20)
    expect((await guess()).status).toBe(429)
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
