import { expect } from 'vitest'
import { priceUnits } from '#shared/pricing/rate-card.ts'
import { type AccountWorld, createAccountWorld } from '../support/account-world.ts'
import { toCredits, toNumber } from '../support/credits.ts'
import { codeOf, unwrap } from '../support/results.ts'
import { shippedCatalog } from '../support/shipped-catalogs.ts'
import { rule } from './rule.ts'

const ZONE = 'America/New_York'
const SWITCH = '2025-09-22T00:00'

/** An account under the rules from 22 September 2025. */
function tooljetOn(planId: string, since: string, seats = 1): AccountWorld {
  const world = createAccountWorld(shippedCatalog('tooljet'), ZONE)
  world.at(since)
  world.open(planId, seats)
  return world
}

/** An account of before, to whom the new rules were announced. */
function existingOn(planId: string, since: string, seats = 1): AccountWorld {
  const world = createAccountWorld(shippedCatalog('tooljet-2025-01'), ZONE)
  world.at(since)
  world.open(planId, seats)
  world.publish(shippedCatalog('tooljet'), SWITCH)
  return world
}

rule('tooljet 1', () => {
  const world = tooljetOn('pro', '2025-10-10T09:00')
  unwrap(world.buy('add-on-100', 3))
  expect(world.spend(700, 'app.generation').paid).toEqual([['plan', 700]])
  expect(world.spend(150, 'app.generation').paid).toEqual([
    ['plan', 100],
    ['add-on', 50],
  ])
  // Even when the add-ons end before the month does.
  world.at('2026-10-10T08:59')
  expect(world.buckets()).toEqual([
    { source: 'add-on', label: '3 × 100 add-on credits', left: 250, ends: '2026-10-10T09:00' },
    { source: 'plan', label: 'Pro plan, October 2026', left: 800, ends: '2026-11-10T00:00' },
  ])
  expect(world.spend(800, 'app.generation').paid).toEqual([['plan', 800]])
})

rule('tooljet 2', () => {
  const averages = {
    'app.generation': 100,
    'app.feature': 100,
    'app.layout': 50,
    'app.queries': 30,
    'debug.auto-fix': 10,
    'docs.assistant': 6,
    'sql.query': 5,
    'code.custom': 2,
  }
  const world = tooljetOn('team', '2025-10-10T09:00')
  const { operations } = world.catalog()
  expect(operations.map(({ id }) => id)).toEqual(Object.keys(averages))
  for (const rate of operations) {
    const average = averages[rate.id as keyof typeof averages]
    expect(toNumber(priceUnits(rate, rate.typical!).amount)).toBe(average)
    expect(unwrap(world.run(rate.id, rate.typical!)).charge).toBe(average)
  }
  const { outputTokens = 0 } = operations[0]!.typical!
  const sized = (percent: number) => ({ outputTokens: (outputTokens * percent) / 100 })
  expect(unwrap(world.run('app.generation', sized(70))).charge).toBe(70)
  expect(unwrap(world.run('app.generation', sized(120))).charge).toBe(120)

  // Before, every app generation cost the same.
  const before = existingOn('pro', '2025-06-01T09:00')
  expect(unwrap(before.run('app.generation', { requests: 1 })).charge).toBe(10)
  const large = { requests: 1, outputTokens: 500_000 }
  expect(unwrap(before.run('app.generation', large)).charge).toBe(10)
})

rule('tooljet 3', () => {
  // A year paid at once, from a 31st; the leap year's February and both changes of the clock.
  const world = tooljetOn('pro', '2027-10-31T15:30')
  expect(world.terms().plan.annualPrice?.amount).toBeGreaterThan(0)
  const renewals = [
    '2027-11-30',
    '2027-12-31',
    '2028-01-31',
    '2028-02-29',
    '2028-03-31',
    '2028-04-30',
    '2028-05-31',
    '2028-06-30',
    '2028-07-31',
    '2028-08-31',
    '2028-09-30',
    '2028-10-31',
    '2028-11-30',
  ]
  for (const [index, day] of renewals.entries()) {
    expect(world.balance()).toBe(800)
    world.spend(100 + index, 'app.layout')
    world.at(`${day}T00:00`)
    expect(world.cycle()[0]).toBe(`${day}T00:00`)
    expect(world.balance()).toBe(800)
  }
})

rule('tooljet 4', () => {
  const world = tooljetOn('pro', '2026-01-15T10:00')
  for (const quantity of [0, -1, 0.5, 1.5, NaN]) {
    expect(codeOf(world.buy('add-on-100', quantity))).toBe('quantity_not_possible')
  }
  expect(toNumber(unwrap(world.buy('add-on-100', 3)).credits)).toBe(300)
  world.spend(800 + 120, 'app.generation')
  world.at('2026-11-20T18:00')
  const { extended } = unwrap(world.buy('add-on-100', 2))
  expect(extended).toHaveLength(1)
  const addOns = () => world.buckets().filter(({ source }) => source === 'add-on')
  expect(addOns().map(({ left, ends }) => [left, ends])).toEqual([
    [180, '2027-11-20T18:00'],
    [200, '2027-11-20T18:00'],
  ])
  // A one-time purchase: no month renews it, and none takes it before its year is over.
  world.at('2027-01-15T10:00')
  expect(world.balance()).toBe(800 + 380)
  world.at('2027-11-20T17:59')
  expect(world.balance()).toBe(800 + 380)
  world.at('2027-11-20T18:00')
  expect(world.balance()).toBe(800)
  // What has ended stays ended, whatever is bought later.
  unwrap(world.buy('add-on-100'))
  expect(world.balance()).toBe(900)

  // A year from a leap day.
  const leap = tooljetOn('team', '2028-02-29T12:00')
  unwrap(leap.buy('add-on-100'))
  expect(leap.buckets().at(-1)?.ends).toBe('2029-02-28T12:00')
})

rule('tooljet 5', () => {
  const world = tooljetOn('pro', '2025-10-10T09:00')
  const plain = unwrap(world.quote('add-on-100', 5))
  const reduced = unwrap(world.quote('add-on-100', 5, ' builder20 '))
  expect([plain.quantity, toNumber(plain.credits)]).toEqual([5, 500])
  expect(reduced.listPrice).toEqual(plain.price)
  expect(reduced.price.amount).toBeLessThan(plain.price.amount)
  expect(codeOf(world.quote('add-on-100', 5, 'NO-SUCH-CODE'))).toBe('promo_unknown')
  // Nothing comes before the payment, and it comes once.
  expect(world.balance()).toBe(800)
  world.at('2025-10-10T09:20')
  expect(world.balance()).toBe(800)
  world.pay(reduced, 'purchase-a')
  expect(world.balance()).toBe(1_300)
  expect(() => world.pay(reduced, 'purchase-a')).toThrow(/repeats grant/)
  expect(world.balance()).toBe(1_300)
  expect(codeOf(world.quote('add-on-100', 1, 'BUILDER20'))).toBe('promo_used')
})

rule('tooljet 6', () => {
  const world = tooljetOn('team', '2025-10-31T09:00', 3)
  unwrap(world.buy('add-on-100', 2))
  expect(world.balance()).toBe(3 * 2_000 + 200)
  // One builder may use more than a share of the pool.
  const result = world.spend(6_100, 'app.generation')
  expect(result.paid).toEqual([
    ['plan', 6_000],
    ['add-on', 100],
  ])
  unwrap(world.changePlan('team', 4))
  expect(world.balance()).toBe(2_000 + 100)
  world.at('2025-11-30T00:00')
  expect(world.balance()).toBe(4 * 2_000 + 100)
})

rule('tooljet 7', () => {
  const world = tooljetOn('pro', '2025-10-31T09:00', 2)
  unwrap(world.buy('add-on-100', 4))
  world.spend(350, 'app.generation')
  expect(world.balance()).toBe(1_250 + 400)
  expect(world.buckets().map(({ source, left, ends }) => [source, left, ends])).toEqual([
    ['plan', 1_250, '2025-11-30T00:00'],
    ['add-on', 400, '2026-10-31T09:00'],
  ])
  expect(world.cycle()[1]).toBe('2025-11-30T00:00')
})

rule('tooljet 8', () => {
  const world = existingOn('pro', '2025-07-31T09:00')
  expect(unwrap(world.run('code.custom', { requests: 1 })).charge).toBe(0.2)
  const tenth = world.catalog().operations.map(({ increment }) => toNumber(increment))
  expect(new Set(tenth)).toEqual(new Set([0.1]))
  world.at('2025-09-21T23:59')
  const early = unwrap(world.start('code.custom', { requests: 1 }, { most: { requests: 3 } }))
  world.at(SWITCH)
  // What was quoted before is charged as it was quoted.
  expect(early.finish({ requests: 1 }).charge).toBe(0.2)
  for (const outputTokens of [1, 100, 250]) {
    expect(unwrap(world.run('code.custom', { outputTokens })).charge).toBe(1)
  }
  expect(unwrap(world.run('code.custom', { outputTokens: 251 })).charge).toBe(2)
  expect(Number.isInteger(world.balance())).toBe(true)
  const free = tooljetOn('free', '2025-10-31T09:00')
  free.spend(100, 'docs.assistant')
  expect(codeOf(free.run('code.custom', { outputTokens: 1 }))).toBe('paused')
})

rule('tooljet 9', () => {
  const limits = [
    ['free', 1, 30, 100],
    ['pro', 4, 4 * 200, 4 * 800],
    ['team', 3, 3 * 500, 3 * 2_000],
  ] as const
  for (const [planId, builders, before, after] of limits) {
    const world = existingOn(planId, '2025-07-31T09:00', builders)
    expect(world.balance()).toBe(before)
    world.at('2025-08-31T00:00')
    expect(world.balance()).toBe(before)
    world.spend(before - 10, 'app.generation')
    world.at('2025-09-21T23:59')
    expect(world.balance()).toBe(10)
    expect(codeOf(world.buy('add-on-100'))).toBe('offer_unknown')
    world.at(SWITCH)
    expect(world.balance()).toBe(after)
    expect(codeOf(world.buy('add-on-100'))).toBe(planId === 'free' ? 'offer_not_on_plan' : 'ok')
    // The billing date stays where it was.
    world.at('2025-09-30T00:00')
    expect(world.balance()).toBe(after + (planId === 'free' ? 0 : 100))
  }
  const enterprise = existingOn('enterprise', '2025-07-31T09:00')
  enterprise.override({ name: 'Agreement of July', allowance: toCredits(12_345) })
  enterprise.at('2025-09-10T00:00')
  enterprise.spend(2_340, 'app.generation')
  enterprise.at(SWITCH)
  expect(enterprise.balance()).toBe(10_005)
  enterprise.at('2025-09-30T00:00')
  expect(enterprise.balance()).toBe(12_345)
  // Away over the switch and back a month later: the same as having looked.
  const away = existingOn('pro', '2025-07-31T09:00')
  away.at('2025-10-15T00:00')
  expect(away.balance()).toBe(800)
})
