/** The payment page of an app that stands alone, with every test card. */

import { readdirSync, readFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Buyer, openBuyer } from '../../support/buyer.ts'
import { answerBank, CARDS, goBack, typeCard, useSavedCard } from '../../support/sandbox-browser.ts'

let buyer: Buyer
let before: number
beforeAll(async () => {
  buyer = await openBuyer()
})
afterAll(() => buyer.close())

async function begin() {
  before = await buyer.available()
  const { purchase } = await buyer.begin()
  return { id: purchase.id, url: purchase.payUrl!, purchase }
}

it('takes a good card, and the credits arrive by themselves', async () => {
  const { id, url, purchase } = await begin()
  expect(purchase.state).toBe('pending')
  expect(buyer.opened.at(-1)).toBe(url)
  expect((await typeCard(url, CARDS.good)).text).toContain('Payment successful')
  const granted = await buyer.until(id, 'granted')
  expect(granted.receipt).toMatchObject({
    total: { amount: 2000, currency: 'USD' },
    card: { brand: 'Visa', lastFour: '4242' },
  })
  expect(await buyer.available()).toBe(before + 500)
  const { events } = buyer.world
  const states = events.flatMap((event) =>
    event.type === 'purchase' && event.purchase?.id === id ? [event.purchase.state] : [],
  )
  expect(states).toContain('granted')
  const { card } = await buyer.world.ask('purchase.panel', {})
  expect(card).toMatchObject({ lastFour: '4242' })
})

it.each([
  ['declined', 'card_declined'],
  ['insufficient', 'insufficient_funds'],
  ['expired', 'expired_card'],
  ['wrongCode', 'incorrect_cvc'],
  ['failing', 'processing_error'],
] as const)('tells of a card that is %s, grants nothing, and takes another', async (card, code) => {
  const { id, url } = await begin()
  expect((await typeCard(url, CARDS[card])).text).toContain('role="alert"')
  expect((await buyer.until(id, 'declined')).decline).toBe(code)
  expect(await buyer.available()).toBe(before)
  await typeCard(url, CARDS.good)
  await buyer.until(id, 'granted')
  expect(await buyer.available()).toBe(before + 500)
})

it('asks the bank where the card wants it, and goes on either way', async () => {
  const { id, url } = await begin()
  expect((await typeCard(url, CARDS.asks)).text).toContain('whether this is you')
  await answerBank(url, false)
  expect((await buyer.until(id, 'declined')).decline).toBe('authentication_failed')
  await typeCard(url, CARDS.asks)
  await answerBank(url, true)
  await buyer.until(id, 'granted')
})

it('offers the saved card, and pays with it', async () => {
  await buyer.world.ask('card.remove', {})
  const first = await begin()
  expect(await (await fetch(first.url)).text()).not.toContain('ending in')
  await useSavedCard(first.url)
  expect(await (await fetch(first.url)).text()).toContain('Card number')
  await typeCard(first.url, CARDS.good)
  await buyer.until(first.id, 'granted')
  const { id, url } = await begin()
  expect(await (await fetch(url)).text()).toContain('Use Visa ending in 4242')
  expect((await useSavedCard(url)).text).toContain('Payment successful')
  const { receipt } = await buyer.until(id, 'granted')
  expect(receipt?.card).toEqual({ brand: 'Visa', lastFour: '4242' })
  expect(await buyer.available()).toBe(before + 500)
})

it('takes no card that is not a test card, and keeps no number', async () => {
  const { id, url } = await begin()
  const page = await typeCard(url, '4111 1111 1111 1111')
  expect(page.status).toBe(422)
  expect(page.text).toContain('it takes the test cards below')
  await typeCard(url, CARDS.good)
  await buyer.until(id, 'granted')
  await buyer.restart(() => {
    const kept = readdirSync(buyer.directory).filter((name) => name.startsWith('payments'))
    expect(kept).not.toEqual([])
    for (const name of kept) {
      const bytes = readFileSync(join(buyer.directory, name)).toString('latin1')
      expect(bytes).not.toMatch(/4242 ?4242 ?4242 ?4242|4111 ?1111 ?1111 ?1111/)
    }
  })
})

it('goes back, and can be paid no more', async () => {
  const { id, url } = await begin()
  await goBack(url)
  await buyer.until(id, 'cancelled')
  expect((await typeCard(url, CARDS.good)).text).toContain('Nothing to pay')
  const { state } = await buyer.world.ask('purchase.read', { purchaseId: id })
  expect(state).toBe('cancelled')
})

it('sent twice pays once', async () => {
  const { id, url } = await begin()
  await Promise.all([1, 2, 3].map(() => typeCard(url, CARDS.good)))
  await buyer.until(id, 'granted')
  expect(await buyer.available()).toBe(before + 500)
})

it('is only there for who knows its address, by its own name, and from itself', async () => {
  const { url } = await begin()
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
