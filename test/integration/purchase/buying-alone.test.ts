/** Buying in an app that stands alone: what it refuses, and what comes of a purchase. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Buyer, openBuyer, pack } from '../../support/buyer.ts'
import { CARDS, typeCard } from '../../support/sandbox-browser.ts'

let buyer: Buyer
beforeAll(async () => {
  buyer = await openBuyer()
})
afterAll(() => buyer.close())

const usd = (amount: number) => ({ amount, currency: 'USD' })
const quote = (...chosen: Parameters<typeof pack>) =>
  buyer.world.call('purchase.quote', { order: pack(...chosen) })

/** A purchase that was paid with a card. */
async function paid(card: string, state: 'granted' | 'disputed' = 'granted') {
  const { purchase } = await buyer.begin()
  await typeCard(purchase.payUrl!, card)
  await buyer.until(purchase.id, state)
  return { purchaseId: purchase.id }
}

describe('what is refused', () => {
  it('another price than the catalog’s', async () => {
    const answer = await buyer.world.call('purchase.start', {
      purchaseId: crypto.randomUUID(),
      order: pack(),
      acceptedPrice: usd(1),
    })
    expect(answer).toMatchObject({ ok: false, error: { code: 'price_changed' } })
  })

  it.each([-1, 0, 1.5, Number.NaN])('a quantity of %d', async (quantity) => {
    expect(await quote('pack-custom', quantity)).toMatchObject({ error: { code: 'invalid_input' } })
  })

  it('more than an offer allows, and an offer that is none', async () => {
    expect(await quote('pack-custom', 1_001)).toMatchObject({
      error: { code: 'quantity_not_possible' },
    })
    expect(await quote('nothing')).toMatchObject({ error: { code: 'offer_unknown' } })
  })

  it('guessing promo codes', async () => {
    for (let guess = 0; guess < 10; guess++) {
      expect(await quote('pack-500', 1, `GUESS-${guess}`)).toMatchObject({
        error: { code: 'promo_unknown' },
      })
    }
    expect(await quote('pack-500', 1, 'GUESS-11')).toMatchObject({
      error: { code: 'promo_too_many_tries' },
    })
  })

  it('a purchase that is not there', async () => {
    const purchaseId = crypto.randomUUID()
    for (const call of ['read', 'resume', 'cancel', 'refund'] as const) {
      expect(await buyer.world.call(`purchase.${call}`, { purchaseId })).toMatchObject({
        error: { code: 'purchase_unknown' },
      })
    }
  })

  it('cancelling what is paid', async () => {
    expect(await buyer.world.call('purchase.cancel', await paid(CARDS.good))).toMatchObject({
      error: { code: 'purchase_paid' },
    })
  })
})

describe('afterwards', () => {
  it('the same start is the same purchase', async () => {
    const purchaseId = crypto.randomUUID()
    const input = { purchaseId, order: pack(), acceptedPrice: usd(2_000) }
    const first = await buyer.world.ask('purchase.start', input)
    const again = await buyer.world.ask('purchase.start', input)
    expect(again.purchase.payUrl).toBe(first.purchase.payUrl)
    const { purchases } = await buyer.world.ask('purchase.history', { limit: 100 })
    expect(purchases.filter(({ id }) => id === purchaseId)).toHaveLength(1)
    expect(
      await buyer.world.call('purchase.start', { ...input, order: pack('pack-2500') }),
    ).toMatchObject({ error: { code: 'purchase_exists' } })
  })

  it('what is unspent is refunded, credits before money', async () => {
    const before = await buyer.available()
    const key = await paid(CARDS.good)
    const refunded = await buyer.world.ask('purchase.refund', key)
    expect(refunded).toMatchObject({ state: 'refunded', refunded: { amount: 2000 } })
    expect(await buyer.available()).toBe(before)
    expect(await buyer.world.call('purchase.refund', key)).toMatchObject({
      error: { code: 'nothing_to_refund' },
    })
  })

  it('a payment that is contested takes its credits back', async () => {
    const before = await buyer.available()
    await paid(CARDS.disputed, 'disputed')
    await expect.poll(() => buyer.available()).toBe(before)
  })

  it('a purchase is paid though the app was closed meanwhile', async () => {
    const before = await buyer.available()
    const { purchase } = await buyer.begin()
    await buyer.restart()
    const key = { purchaseId: purchase.id }
    const { purchase: again } = await buyer.world.ask('purchase.resume', key)
    expect(again.payUrl).not.toBe(purchase.payUrl)
    await typeCard(again.payUrl!, CARDS.good)
    await buyer.until(purchase.id, 'granted')
    expect(await buyer.available()).toBe(before + 500)
  })

  it('a larger plan is bought, and changes at once', async () => {
    const order = { kind: 'plan', planId: 'super', seats: 1 } as const
    const { price } = await buyer.world.ask('purchase.quote', { order })
    const purchaseId = crypto.randomUUID()
    const { purchase } = await buyer.world.ask('purchase.start', {
      ...{ purchaseId, order, acceptedPrice: price },
    })
    await typeCard(purchase.payUrl!, CARDS.good)
    await buyer.until(purchase.id, 'granted')
    expect((await buyer.world.ask('billing.read', {})).plan.id).toBe('super')
  })
})
