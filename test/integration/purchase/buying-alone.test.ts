/** Buying in an app that stands alone: the whole way, over real HTTP, with every test card. */

import { mkdtempSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CheckoutView, PurchaseState } from '#shared/host/purchase.ts'
import { DEFAULT_CATALOG, type HostWorld, openHostWorld, chat } from '../../support/host-world.ts'
import { answerBank, CARDS, goBack, typeCard } from '../../support/sandbox-browser.ts'

const CREDIT = 1_000
let directory: string
let world: HostWorld
let opened: string[]

async function open(): Promise<void> {
  const started = await openHostWorld(directory, {
    catalogFile: DEFAULT_CATALOG,
    openExternal: async (url) => opened.push(url) > 0,
  })
  if (!started.ok) throw new Error(started.error.message)
  world = started.data
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tallystick-purchase-'))
  opened = []
  await open()
  await world.ask('plan.change', { planId: 'creator', seats: 1 })
})

afterEach(async () => {
  await world.host.close()
  rmSync(directory, { recursive: true, force: true })
})

const pack = (offerId = 'pack-500', quantity = 1, promoCode: string | null = null) =>
  ({ kind: 'offer', offerId, quantity, promoCode }) as const

async function begin(offerId = 'pack-500', quantity = 1): Promise<CheckoutView> {
  const order = pack(offerId, quantity)
  const { price } = await world.ask('purchase.quote', { order })
  return world.ask('purchase.start', {
    purchaseId: crypto.randomUUID(),
    order,
    acceptedPrice: price,
  })
}

async function until(purchaseId: string, state: PurchaseState) {
  for (let tries = 0; tries < 200; tries++) {
    const purchase = await world.ask('purchase.read', { purchaseId })
    if (purchase.state === state) return purchase
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  throw new Error(`It never became ${state}`)
}

/** A chat of its own. */
async function write(text = 'A haiku') {
  const threadId = crypto.randomUUID()
  await world.ask('threads.create', { threadId })
  return world.run(chat(threadId, { text }))
}

const available = async () => (await world.ask('balance.read', {})).available / CREDIT

describe('the page', () => {
  it('takes a good card, and the credits arrive by themselves', async () => {
    const before = await available()
    const { purchase, opened: isOpen } = await begin()
    expect(isOpen).toBe(true)
    expect(purchase.state).toBe('pending')
    expect(opened).toEqual([purchase.payUrl])
    const page = await typeCard(purchase.payUrl!, CARDS.good)
    expect(page.text).toContain('Payment successful')
    const granted = await until(purchase.id, 'granted')
    expect(granted.receipt).toMatchObject({
      total: { amount: 2000, currency: 'USD' },
      card: { brand: 'Visa', lastFour: '4242' },
    })
    expect(await available()).toBe(before + 500)
    const states = world.events.flatMap((event) =>
      event.type === 'purchase' && event.purchase ? [event.purchase.state] : [],
    )
    expect(states).toContain('granted')
    expect((await world.ask('purchase.panel', {})).card).toMatchObject({ lastFour: '4242' })
  })

  it.each([
    ['declined', 'card_declined'],
    ['insufficient', 'insufficient_funds'],
    ['expired', 'expired_card'],
    ['wrongCode', 'incorrect_cvc'],
    ['failing', 'processing_error'],
  ] as const)(
    'tells of a card that is %s, grants nothing, and takes another',
    async (card, code) => {
      const before = await available()
      const { purchase } = await begin()
      const page = await typeCard(purchase.payUrl!, CARDS[card])
      expect(page.text).toContain('role="alert"')
      expect((await until(purchase.id, 'declined')).decline).toBe(code)
      expect(await available()).toBe(before)
      await typeCard(purchase.payUrl!, CARDS.good)
      await until(purchase.id, 'granted')
      expect(await available()).toBe(before + 500)
    },
  )

  it('asks the bank where the card wants it, and goes on either way', async () => {
    const { purchase } = await begin()
    expect((await typeCard(purchase.payUrl!, CARDS.asks)).text).toContain('whether this is you')
    await answerBank(purchase.payUrl!, false)
    expect((await until(purchase.id, 'declined')).decline).toBe('authentication_failed')
    await typeCard(purchase.payUrl!, CARDS.asks)
    await answerBank(purchase.payUrl!, true)
    await until(purchase.id, 'granted')
  })

  it('takes no card that is not a test card, and keeps no number', async () => {
    const { purchase } = await begin()
    const page = await typeCard(purchase.payUrl!, '4111 1111 1111 1111')
    expect(page.status).toBe(422)
    expect(page.text).toContain('it takes the test cards below')
    await typeCard(purchase.payUrl!, CARDS.good)
    await until(purchase.id, 'granted')
    await world.host.close()
    const { readFileSync, readdirSync } = await import('node:fs')
    for (const name of readdirSync(directory)) {
      if (!name.startsWith('payments')) continue
      const bytes = readFileSync(join(directory, name)).toString('latin1')
      expect(bytes).not.toContain('4242424242424242')
      expect(bytes).not.toContain('4111')
    }
    await open()
  })

  it('goes back, and can be paid no more', async () => {
    const { purchase } = await begin()
    await goBack(purchase.payUrl!)
    await until(purchase.id, 'cancelled')
    expect((await typeCard(purchase.payUrl!, CARDS.good)).text).toContain('Nothing to pay')
    expect((await world.ask('purchase.read', { purchaseId: purchase.id })).state).toBe('cancelled')
  })

  it('sent twice pays once', async () => {
    const before = await available()
    const { purchase } = await begin()
    await Promise.all([1, 2, 3].map(() => typeCard(purchase.payUrl!, CARDS.good)))
    await until(purchase.id, 'granted')
    expect(await available()).toBe(before + 500)
  })

  it('is only there for who knows its address, by its own name, and from itself', async () => {
    const { purchase } = await begin()
    const url = new URL(purchase.payUrl!)
    expect((await fetch(new URL('/', url))).status).toBe(404)
    expect((await fetch(new URL('/checkout/cs_aaaaaaaaaaaaaaaaaaaaaaaa', url))).status).toBe(404)
    const foreign = await new Promise<number | undefined>((resolve) =>
      get(url, { headers: { host: 'evil.example' } }, (response) => resolve(response.statusCode)),
    )
    expect(foreign).toBe(404)
    const forged = await fetch(url, {
      method: 'POST',
      headers: { origin: 'https://evil.example' },
      body: new URLSearchParams({ step: 'pay', card: CARDS.good }),
    })
    expect(forged.status).toBe(403)
    const page = await fetch(url)
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    expect(await page.text()).toContain('Test money')
  })
})

describe('what is refused', () => {
  it('another price than the catalog’s', async () => {
    const answer = await world.call('purchase.start', {
      purchaseId: crypto.randomUUID(),
      order: pack(),
      acceptedPrice: { amount: 1, currency: 'USD' },
    })
    expect(answer).toMatchObject({ ok: false, error: { code: 'price_changed' } })
  })

  it.each([-1, 0, 1.5, Number.NaN])('a quantity of %d', async (quantity) => {
    const answer = await world.call('purchase.quote', { order: pack('pack-custom', quantity) })
    expect(answer).toMatchObject({ ok: false, error: { code: 'invalid_input' } })
  })

  it('more than an offer allows, and an offer that is none', async () => {
    expect(await world.call('purchase.quote', { order: pack('pack-custom', 1_001) })).toMatchObject(
      {
        ok: false,
        error: { code: 'quantity_not_possible' },
      },
    )
    expect(await world.call('purchase.quote', { order: pack('nothing') })).toMatchObject({
      ok: false,
      error: { code: 'offer_unknown' },
    })
  })

  it('guessing promo codes', async () => {
    for (let guess = 0; guess < 10; guess++) {
      const order = pack('pack-500', 1, `GUESS-${guess}`)
      expect(await world.call('purchase.quote', { order })).toMatchObject({
        error: { code: 'promo_unknown' },
      })
    }
    const order = pack('pack-500', 1, 'GUESS-11')
    expect(await world.call('purchase.quote', { order })).toMatchObject({
      error: { code: 'promo_too_many_tries' },
    })
  })

  it('a purchase that is not there', async () => {
    const purchaseId = crypto.randomUUID()
    for (const name of [
      'purchase.read',
      'purchase.resume',
      'purchase.cancel',
      'purchase.refund',
    ] as const) {
      expect(await world.call(name, { purchaseId })).toMatchObject({
        error: { code: 'purchase_unknown' },
      })
    }
  })

  it('cancelling what is paid', async () => {
    const { purchase } = await begin()
    await typeCard(purchase.payUrl!, CARDS.good)
    await until(purchase.id, 'granted')
    expect(await world.call('purchase.cancel', { purchaseId: purchase.id })).toMatchObject({
      error: { code: 'purchase_paid' },
    })
  })
})

describe('afterwards', () => {
  it('the same start is the same purchase', async () => {
    const order = pack()
    const purchaseId = crypto.randomUUID()
    const input = { purchaseId, order, acceptedPrice: { amount: 2000, currency: 'USD' } }
    const first = await world.ask('purchase.start', input)
    const again = await world.ask('purchase.start', input)
    expect(again.purchase.payUrl).toBe(first.purchase.payUrl)
    expect((await world.ask('purchase.history', { limit: 10 })).purchases).toHaveLength(1)
    expect(
      await world.call('purchase.start', { ...input, order: pack('pack-2500') }),
    ).toMatchObject({ error: { code: 'purchase_exists' } })
  })

  it('what is unspent is refunded, credits before money', async () => {
    const before = await available()
    const { purchase } = await begin()
    await typeCard(purchase.payUrl!, CARDS.good)
    await until(purchase.id, 'granted')
    const refunded = await world.ask('purchase.refund', { purchaseId: purchase.id })
    expect(refunded).toMatchObject({ state: 'refunded', refunded: { amount: 2000 } })
    expect(await available()).toBe(before)
    expect(await world.call('purchase.refund', { purchaseId: purchase.id })).toMatchObject({
      error: { code: 'nothing_to_refund' },
    })
  })

  it('a payment that is contested takes its credits back', async () => {
    const before = await available()
    const { purchase } = await begin()
    await typeCard(purchase.payUrl!, CARDS.disputed)
    await until(purchase.id, 'disputed')
    await expect.poll(available).toBe(before)
  })

  it('a larger plan is bought, and changes at once', async () => {
    const order = { kind: 'plan', planId: 'super', seats: 1 } as const
    const { price } = await world.ask('purchase.quote', { order })
    const { purchase } = await world.ask('purchase.start', {
      purchaseId: crypto.randomUUID(),
      order,
      acceptedPrice: price,
    })
    await typeCard(purchase.payUrl!, CARDS.good)
    await until(purchase.id, 'granted')
    expect((await world.ask('billing.read', {})).plan.id).toBe('super')
  })

  it('a purchase is paid though the app was closed meanwhile', async () => {
    const before = await available()
    const { purchase } = await begin()
    await world.host.close()
    await open()
    const { purchase: again } = await world.ask('purchase.resume', { purchaseId: purchase.id })
    expect(again.payUrl).not.toBe(purchase.payUrl)
    await typeCard(again.payUrl!, CARDS.good)
    await until(purchase.id, 'granted')
    expect(await available()).toBe(before + 500)
  })
})

describe('auto-refill', () => {
  const choice = {
    enabled: true,
    threshold: 6_000 * CREDIT,
    offerId: 'pack-500',
    quantity: 1,
    monthlyLimit: { amount: 4000, currency: 'USD' },
  }

  async function saveCard(card: string) {
    const { url } = await world.ask('card.setup', {})
    await typeCard(url, card)
    await expect.poll(async () => (await world.ask('purchase.panel', {})).card).not.toBeNull()
  }

  it('needs a card and a limit that fits', async () => {
    expect(await world.call('autoRefill.set', choice)).toMatchObject({ error: { code: 'no_card' } })
    await saveCard(CARDS.good)
    const tooLow = { ...choice, monthlyLimit: { amount: 1999, currency: 'USD' } }
    expect(await world.call('autoRefill.set', tooLow)).toMatchObject({
      error: { code: 'limit_too_low' },
    })
  })

  it('buys once below the threshold, then waits', async () => {
    await saveCard(CARDS.good)
    const before = await available()
    const { autoRefill } = await world.ask('autoRefill.set', choice)
    expect(await available()).toBe(before + 500)
    expect(autoRefill).toMatchObject({
      usedThisMonth: { amount: 2000 },
      waits: { reason: 'cooling_down' },
    })
    await write()
    const { purchases } = await world.ask('purchase.history', { limit: 10 })
    expect(purchases.map(({ by, state }) => [by, state])).toEqual([['auto-refill', 'granted']])
  })

  it.each([
    ['declinedLater', 'card_declined'],
    ['asksAlways', 'authentication_required'],
  ] as const)('backs off after a card that is %s', async (card, code) => {
    const { url } = await world.ask('card.setup', {})
    await typeCard(url, CARDS[card])
    if (card === 'asksAlways') await answerBank(url, true)
    await expect.poll(async () => (await world.ask('purchase.panel', {})).card).not.toBeNull()
    const { autoRefill } = await world.ask('autoRefill.set', choice)
    expect(autoRefill?.waits).toMatchObject({ reason: 'declined' })
    const { purchases } = await world.ask('purchase.history', { limit: 10 })
    expect(purchases).toMatchObject([{ by: 'auto-refill', state: 'declined', decline: code }])
  })
})

describe('a contested charge', () => {
  it('is sent with its signed record, once, and made good by an answer', async () => {
    const run = await write('A secret haiku')
    const { operationId } = run
    const charged = run.ending!.charged
    const reportId = crypto.randomUUID()
    const report = { reportId, operationId, message: 'It came out empty.', includePrompt: false }
    expect(await world.ask('charge.report', report)).toMatchObject({ charged, answer: null })
    expect(await world.ask('charge.report', report)).toMatchObject({ id: reportId })
    expect(
      await world.call('charge.report', { ...report, reportId: crypto.randomUUID() }),
    ).toMatchObject({ error: { code: 'already_reported' } })
    const detail = await world.ask('charge.open', { reportId })
    expect(detail.signature).not.toBeNull()
    expect(detail.prompt).toBeNull()
    expect(JSON.stringify(detail)).not.toContain('secret haiku')
    const before = await available()
    expect(
      await world.call('charge.answer', { reportId, refund: charged + 1, message: 'Too much' }),
    ).toMatchObject({ error: { code: 'refund_too_large' } })
    await world.ask('charge.answer', { reportId, refund: charged, message: 'Our mistake.' })
    expect(await available()).toBe(before + charged / CREDIT)
    expect(
      await world.call('charge.answer', { reportId, refund: charged, message: 'Again' }),
    ).toMatchObject({ error: { code: 'report_answered' } })
  })

  it('takes the prompt along only where it is ticked', async () => {
    const { operationId } = await write('A secret haiku')
    const reportId = crypto.randomUUID()
    await world.ask('charge.report', { reportId, operationId, message: 'See', includePrompt: true })
    expect((await world.ask('charge.open', { reportId })).prompt).toBe('A secret haiku')
  })
})
