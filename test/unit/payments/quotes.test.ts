/** What an order says of itself before it is paid. */

import { afterEach, expect, it } from 'vitest'
import type { Order } from '#shared/purchase/order.ts'
import { unwrap } from '../../support/ledger.ts'
import {
  ACCOUNT,
  message,
  openPaymentsWorld,
  paid,
  type PaymentsWorld,
} from '../../support/payments-world.ts'

const ID = '00000000-0000-4000-8000-000000000001'
const MONTH = 31 * 24 * 60 * 60_000
let world: PaymentsWorld

afterEach(() => world.close())

const quote = async (order: Order) => unwrap(await world.payments.quote(ACCOUNT, order))
const pack = (promoCode: string | null) =>
  ({ kind: 'offer', offerId: 'pack-500', quantity: 1, promoCode }) as const

it('says until when the credits are good, those that a code adds too', async () => {
  const gives = { kind: 'bonus', percent: 10, expiry: { kind: 'months', months: 1 } }
  const promotions = [{ code: 'MORE', name: 'A tenth more', gives }]
  world = await openPaymentsWorld('creator', { promotions })
  const { clock } = world
  const { bonus, expiresAt, bonusExpiresAt } = await quote(pack('MORE'))
  expect(bonus).toBe(50_000)
  expect(expiresAt).toBeGreaterThan(clock.now + 11 * MONTH)
  expect(bonusExpiresAt).toBeGreaterThan(clock.now)
  expect(bonusExpiresAt).toBeLessThan(clock.now + 2 * MONTH)
  expect(await quote(pack(null))).toMatchObject({ bonus: 0, bonusExpiresAt: null, extends: 0 })
})

it('counts the purchases that are good for longer by it', async () => {
  world = await openPaymentsWorld()
  const total = await world.buy(ID)
  const about = { accountId: ACCOUNT, purchaseId: ID }
  unwrap(await world.payments.receive(message('evt_1', about, [paid(ID, total)]), 'good'))
  await world.payments.settled()
  world.clock.now += MONTH
  expect((await quote(pack(null))).extends).toBe(1)
})

it('of a larger plan, that its first credits are good for this month', async () => {
  world = await openPaymentsWorld()
  const { credits, expiresAt } = await quote({ kind: 'plan', planId: 'super', seats: 1 })
  expect(credits).toBeGreaterThan(0)
  expect(expiresAt).toBeGreaterThan(world.clock.now)
  expect(expiresAt).toBeLessThan(world.clock.now + 2 * MONTH)
})
