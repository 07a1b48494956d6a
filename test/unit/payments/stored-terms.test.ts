import { afterEach, beforeEach, expect, it } from 'vitest'
import { credits } from '../../support/credits.ts'
import { unwrap } from '../../support/ledger.ts'
import {
  ACCOUNT,
  message,
  openPaymentsWorld,
  paid,
  type PaymentsWorld,
} from '../../support/payments-world.ts'

const idOf = (number: number) => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
const DAY = 24 * 60 * 60_000
let world: PaymentsWorld

beforeEach(async () => {
  world = await openPaymentsWorld()
})

afterEach(() => world.close())

async function pay(number: number): Promise<void> {
  const about = { accountId: ACCOUNT, purchaseId: idOf(number) }
  const body = message(`evt_${number}`, about, [paid(idOf(number), 2_000)])
  unwrap(await world.payments.receive(body, 'good'))
  await world.payments.settled()
}

const bodyOf = async (number: number) => {
  const sql = 'SELECT body FROM purchase WHERE id = ?'
  const [row] = await world.database.query<{ body: string }>(sql, idOf(number))
  return row!.body
}

it('a purchase takes no more room after many than the first', async () => {
  for (let number = 1; number <= 20; number++) {
    await world.buy(idOf(number))
    await pay(number)
  }
  // Times and the processor's names may be a digit longer.
  expect((await bodyOf(20)).length).toBeLessThan((await bodyOf(1)).length + 20)
})

it('is granted with the ends of when it is paid, though an earlier version stored others', async () => {
  await world.buy(idOf(1))
  await pay(1)
  await world.buy(idOf(2))
  const stored = JSON.parse(await bodyOf(2)) as { purchase: { terms: { quote: object } } }
  const [first] = world.packs()
  Object.assign(stored.purchase.terms.quote, { expiresAt: 1, extended: [first!.grant] })
  const sql = 'UPDATE purchase SET body = ? WHERE id = ?'
  await world.database.query(sql, JSON.stringify(stored), idOf(2))
  world.clock.now += 3 * DAY
  await pay(2)
  expect(world.packs().map(({ available }) => available)).toEqual([credits('500'), credits('500')])
  const [one, two] = world.packs().map(({ grant }) => grant.expiresAt)
  expect(one).toBe(two)
  expect(two).toBeGreaterThan(world.clock.now + 360 * DAY)
})
