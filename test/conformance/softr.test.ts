import { expect } from 'vitest'
import { createAccountWorld } from '../support/account-world.ts'
import { codeOf, unwrap } from '../support/results.ts'
import { shippedCatalog } from '../support/shipped-catalogs.ts'
import { rule } from './rule.ts'

const softr = () => createAccountWorld(shippedCatalog('softr'), 'Europe/Berlin')

/** An account on a plan since a moment. */
function softrOn(planId: string, since: string) {
  const world = softr()
  world.at(since)
  world.open(planId)
  return world
}

rule('softr 1', () => {
  const included = { free: 500, basic: 1_000, professional: 5_000, business: 10_000 }
  for (const [planId, credits] of Object.entries(included)) {
    const world = softrOn(planId, '2025-09-30T10:00')
    for (const day of ['2025-09-30T10:00', '2025-10-30T00:00', '2025-11-30T00:00']) {
      world.at(day)
      expect(world.balance()).toBe(credits)
    }
  }
})

rule('softr 2', () => {
  const world = softrOn('professional', '2025-10-01T09:00')
  world.spend(1_200, 'ask-ai.standard')
  world.spend(800, 'ask-ai.advanced')
  unwrap(world.run('database-agent.standard', { requests: 100, outputTokens: 200_000 }))
  expect(world.balance()).toBe(5_000 - 1_200 - 800 - 1_000)
  expect(world.buckets()).toHaveLength(1)
  world.at('2025-11-01T00:00')
  world.spend(5_000, 'ask-ai.advanced')
  expect(codeOf(world.run('database-agent.standard', { requests: 1 }))).toBe('paused')
})

rule('softr 3', () => {
  const world = softrOn('business', '2025-10-01T09:00')
  const cost = (operation: string, inputTokens: number, outputTokens: number) =>
    unwrap(world.run(operation, { requests: 1, inputTokens, outputTokens })).charge
  const small = cost('ask-ai.standard', 1_000, 500)
  expect(cost('ask-ai.advanced', 1_000, 500)).toBeGreaterThan(small)
  expect(cost('database-agent.standard', 1_000, 500)).toBeGreaterThan(small)
  expect(cost('ask-ai.standard', 9_000, 500)).toBeGreaterThan(small)
  expect(cost('ask-ai.standard', 1_000, 5_000)).toBeGreaterThan(small)
})

rule('softr 4', () => {
  // Signed up on a 31st, over a leap day and the change to summer time.
  const world = softrOn('free', '2028-01-31T20:15')
  const cycles = [['2028-01-31T20:15', '2028-02-29T00:00']]
  for (const next of ['2028-02-29T00:00', '2028-03-31T00:00', '2028-04-30T00:00']) {
    world.spend(123, 'ask-ai.standard')
    expect(world.cycle()).toEqual(cycles.at(-1))
    world.at(next)
    expect(world.balance()).toBe(500)
    cycles.push([...world.cycle()])
  }
  expect(cycles.slice(1)).toEqual([
    ['2028-02-29T00:00', '2028-03-31T00:00'],
    ['2028-03-31T00:00', '2028-04-30T00:00'],
    ['2028-04-30T00:00', '2028-05-31T00:00'],
  ])
  // Up to its very last moment the old cycle lasts.
  world.at('2028-05-30T23:59')
  world.spend(400, 'ask-ai.standard')
  world.at('2028-05-31T00:00')
  expect(world.balance()).toBe(500)
})

rule('softr 5', () => {
  for (const planId of ['free', 'legacy-professional']) {
    const world = softrOn(planId, '2025-10-01T09:00')
    expect(codeOf(world.buy('add-on-10000'))).toBe('offer_not_on_plan')
  }
  for (const planId of ['basic', 'professional', 'business']) {
    const world = softrOn(planId, '2025-10-01T09:00')
    const included = world.balance()
    expect(unwrap(world.buy('add-on-2500')).kind).toBe('add-on')
    expect(world.balance()).toBe(included + 2_500)
    // A subscription: it comes again by itself, unlike a purchase.
    world.spend(included + 2_500, 'ask-ai.standard')
    world.at('2025-11-01T00:00')
    expect(world.balance()).toBe(included + 2_500)
  }
  // A legacy plan keeps its terms, and is offered to nobody.
  const world = softrOn('basic', '2025-10-01T09:00')
  expect(codeOf(world.changePlan('legacy-professional'))).toBe('plan_not_offered')
  expect(world.catalog().packs).toEqual([])
})

rule('softr 6', () => {
  const world = softrOn('professional', '2025-09-01T00:00')
  world.at('2025-10-05T12:00')
  const subscription = world.pay(unwrap(world.quote('add-on-10000')))
  world.spend(5_000, 'ask-ai.standard')
  expect(world.spend(6_000, 'ask-ai.standard').paid).toEqual([['add-on', 6_000]])
  world.unsubscribe(subscription)
  world.at('2025-11-01T00:00')
  expect(world.balance()).toBe(5_000 + 4_000)
  world.at('2025-11-30T23:59')
  world.spend(6_000, 'ask-ai.standard')
  expect(world.balance()).toBe(3_000)
  world.at('2025-12-01T00:00')
  expect(world.balance()).toBe(5_000)

  // While the subscription goes on, the carried credits go first and the new ones carry in turn.
  const going = softrOn('professional', '2025-10-01T00:00')
  unwrap(going.buy('add-on-10000'))
  going.spend(11_000, 'ask-ai.standard')
  going.at('2025-11-01T00:00')
  expect(going.balance()).toBe(5_000 + 4_000 + 10_000)
  going.spend(5_000 + 1_000, 'ask-ai.standard')
  going.at('2025-12-01T00:00')
  expect(going.balance()).toBe(5_000 + 10_000 + 10_000)
})

rule('softr 7', () => {
  const world = softrOn('basic', '2025-03-30T01:00')
  world.spend(1_000, 'ask-ai.standard')
  const refused = () => codeOf(world.run('ask-ai.standard', { outputTokens: 250 }))
  expect(refused()).toBe('paused')
  expect(world.balance()).toBe(0)
  world.at('2025-04-29T23:59')
  expect(refused()).toBe('paused')
  world.at('2025-04-30T00:00')
  expect(refused()).toBe('ok')
  world.spend(999, 'ask-ai.standard')
  expect(refused()).toBe('paused')
  unwrap(world.buy('add-on-2500'))
  expect(refused()).toBe('ok')
  expect(world.balance()).toBe(2_499)
})

rule('softr 8', () => {
  const world = softrOn('professional', '2025-10-01T09:00')
  unwrap(world.buy('add-on-2500'))
  world.spend(5_100, 'ask-ai.standard')
  expect(world.balance()).toBe(2_400)
  expect(world.buckets()).toEqual([
    {
      source: 'add-on',
      label: '2,500 credits a month, October 2025',
      left: 2_400,
      ends: '2025-12-01T00:00',
    },
  ])
})
