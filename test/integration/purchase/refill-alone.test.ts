/** Auto-refill in an app that stands alone. */

import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Buyer, CREDIT, openBuyer } from '../../support/buyer.ts'
import { answerBank, CARDS, typeCard } from '../../support/sandbox-browser.ts'

let buyer: Buyer
beforeEach(async () => {
  buyer = await openBuyer()
})
afterEach(() => buyer.close())

const choice = {
  enabled: true,
  threshold: 6_000 * CREDIT,
  offerId: 'pack-500',
  quantity: 1,
  monthlyLimit: { amount: 4000, currency: 'USD' },
}

async function saveCard(card: string): Promise<void> {
  const { url } = await buyer.world.ask('card.setup', {})
  await typeCard(url, card)
  if (card === CARDS.asksAlways) await answerBank(url, true)
  await expect.poll(async () => (await buyer.world.ask('purchase.panel', {})).card).not.toBeNull()
}

const history = async () => (await buyer.world.ask('purchase.history', { limit: 10 })).purchases

it('needs a card and a limit that fits', async () => {
  const { world } = buyer
  expect(await world.call('autoRefill.set', choice)).toMatchObject({ error: { code: 'no_card' } })
  await saveCard(CARDS.good)
  const tooLow = { ...choice, monthlyLimit: { amount: 1999, currency: 'USD' } }
  expect(await world.call('autoRefill.set', tooLow)).toMatchObject({
    error: { code: 'limit_too_low' },
  })
})

it('buys once below the threshold, then waits', async () => {
  await saveCard(CARDS.good)
  const before = await buyer.available()
  const { autoRefill } = await buyer.world.ask('autoRefill.set', choice)
  expect(await buyer.available()).toBe(before + 500)
  expect(autoRefill).toMatchObject({
    usedThisMonth: { amount: 2000 },
    waits: { reason: 'cooling_down' },
  })
  await buyer.write()
  expect((await history()).map(({ by, state }) => [by, state])).toEqual([
    ['auto-refill', 'granted'],
  ])
})

it.each([
  ['declinedLater', 'card_declined'],
  ['asksAlways', 'authentication_required'],
] as const)('backs off after a card that is %s', async (card, code) => {
  await saveCard(CARDS[card])
  const { autoRefill } = await buyer.world.ask('autoRefill.set', choice)
  expect(autoRefill?.waits).toMatchObject({ reason: 'declined' })
  expect(await history()).toMatchObject([{ by: 'auto-refill', state: 'declined', decline: code }])
})
