import { describe, expect, test } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import { readCatalog } from '#shared/catalog/catalog.ts'
import { simulate } from '#shared/simulation/simulate.ts'
import type { UsageRecord } from '#shared/simulation/usage.ts'
import { catalogJson } from '../../support/shipped-catalogs.ts'

/** The default catalog with one plan of 100 credits that is changed for the test. */
function catalogWith(plan: Record<string, unknown>) {
  const json = catalogJson('default')
  const [first] = json['plans'] as readonly Record<string, unknown>[]
  const one = {
    ...first,
    id: 'one',
    price: { amount: 1_000, currency: 'USD' },
    allowance: '100',
    ...plan,
  }
  const read = readCatalog({ ...json, plans: [one, ...(json['plans'] as unknown[])] })
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  return read.catalog
}

const anchor = { startsAt: Date.UTC(2026, 0, 1), timeZone: 'UTC' }
const on = (month: number, day: number, credits: number, operation = 'chat.fast'): UsageRecord => ({
  at: Date.UTC(2026, month - 1, day),
  operation,
  units: null,
  charged: millicredits(credits * 1_000),
})

describe('a simulation', () => {
  test('tells each month, refusing what the plan does not cover', () => {
    const told = simulate({ catalog: catalogWith({}), planId: 'one', anchor }, [
      on(1, 2, 60),
      on(1, 3, 60),
      on(1, 4, 30),
      on(3, 1, 10),
    ])
    expect(told.months).toMatchObject([
      { allowance: 100_000, used: 90_000, refused: 60_000, refusedRuns: 1, expired: 10_000 },
      { allowance: 100_000, used: 0, expired: 100_000 },
      { allowance: 100_000, used: 10_000, expired: 90_000 },
    ])
    expect(told).toMatchObject({ ranOut: 1, money: { amount: 3_000, currency: 'USD' }, runs: 4 })
  })

  test('goes on by overage up to its limit, and tells how much', () => {
    const catalog = catalogWith({ atZero: { kind: 'overage', limit: '50' } })
    const told = simulate({ catalog, planId: 'one', anchor }, [
      on(1, 2, 90),
      on(1, 3, 40),
      on(1, 4, 40),
    ])
    expect(told.months).toMatchObject([
      { used: 130_000, overage: 30_000, refused: 40_000, expired: 0 },
    ])
  })

  test('carries over what the plan lets it', () => {
    const catalog = catalogWith({ rollover: { cycles: 1, maximum: '30' } })
    const told = simulate({ catalog, planId: 'one', anchor }, [on(1, 2, 20), on(2, 2, 120)])
    expect(told.months).toMatchObject([
      { used: 20_000, expired: 50_000 },
      { rolledOver: 30_000, used: 120_000, refused: 0 },
    ])
  })

  test('buys packs when asked to, and counts their money', () => {
    const catalog = catalogWith({ packs: true })
    const told = simulate({ catalog, planId: 'one', anchor, whenOut: 'buy-packs' }, [on(1, 2, 250)])
    expect(told).toMatchObject({ refusedRuns: 0, used: 250_000, ranOut: 1 })
    expect(told.packs).toBeGreaterThan(0)
    expect(told.money?.amount).toBeGreaterThan(1_000)
  })

  test('reports what the other catalog does not price, and what the plan does not allow', () => {
    const catalog = catalogWith({ entitlements: { operations: ['chat.fast'] } })
    const told = simulate({ catalog, planId: 'one', anchor }, [
      on(1, 2, 10),
      on(1, 3, 5, 'chat.expert'),
      on(1, 4, 7, 'dance.slow'),
      on(1, 5, 8, 'dance.slow'),
    ])
    expect(told.used).toBe(10_000)
    expect(told.leftOut).toEqual([
      { operation: 'chat.expert', why: 'not-entitled', runs: 1, recorded: 5_000 },
      { operation: 'dance.slow', why: 'unpriced', runs: 2, recorded: 15_000 },
    ])
  })

  test('renews add-ons where the plan may have them, and counts their money', () => {
    const addOn = catalogWith({}).addOns[0] ?? { id: '', credits: 0, price: { amount: 0 } }
    const subscriptions = [{ addOnId: addOn.id, quantity: 2 }]
    const usage = [on(1, 2, 10), on(2, 2, 10)]
    const setup = { planId: 'one', anchor, subscriptions }
    const told = simulate({ ...setup, catalog: catalogWith({ addOns: true }) }, usage)
    expect(told.months.map(({ addOnCredits }) => addOnCredits)).toEqual([
      addOn.credits * 2,
      addOn.credits * 2,
    ])
    expect(told.money?.amount).toBe(2 * (1_000 + 2 * addOn.price.amount))
    const without = simulate({ ...setup, catalog: catalogWith({ addOns: false }) }, usage)
    expect(without.months.map(({ addOnCredits }) => addOnCredits)).toEqual([0, 0])
    expect(without.money?.amount).toBe(2_000)
  })

  test('refuses what a hard cap of the plan or of one’s own would have, in its window', () => {
    const daily = { id: 'day', name: 'A day', limit: '50', kind: 'hard', window: 'day' }
    const soft = { ...daily, id: 'soft', limit: '1', kind: 'soft' }
    const catalog = catalogWith({ caps: [daily, soft] })
    const usage = [on(1, 2, 30), on(1, 2, 30), on(1, 3, 30), on(1, 4, 20, 'chat.expert')]
    const told = simulate({ catalog, planId: 'one', anchor }, usage)
    expect(told).toMatchObject({ used: 80_000, refused: 30_000, refusedRuns: 1, cappedRuns: 1 })

    const own = {
      id: 'own',
      name: 'Expert',
      limit: millicredits(10_000),
      kind: 'hard' as const,
      window: 'rolling' as const,
      minutes: 60,
      scope: { operation: 'chat.expert' },
    }
    const tighter = simulate({ catalog, planId: 'one', anchor, caps: [own] }, usage)
    expect(tighter).toMatchObject({ used: 60_000, refused: 50_000, cappedRuns: 2 })
  })

  test('counts caps by member, machine and subject as the runs were', () => {
    const daily = { id: 'day', name: 'A day', limit: '50', kind: 'hard', window: 'day' }
    const by = (member: string, device: string, subject: string) => ({
      ...on(1, 2, 30),
      scope: { member, device, subject },
    })
    const usage = [by('ada', 'a', 'x'), by('grace', 'b', 'x'), by('ada', 'c', 'y')]
    const refused = (scope: Record<string, string>) => {
      const catalog = catalogWith({ caps: [{ ...daily, scope }] })
      return simulate({ catalog, planId: 'one', anchor }, usage).cappedRuns
    }
    expect(refused({ member: 'each' })).toBe(1)
    expect(refused({ member: 'grace' })).toBe(0)
    expect(refused({ device: 'each' })).toBe(0)
    expect(refused({ subject: 'each' })).toBe(1)
    expect(refused({ subject: 'x' })).toBe(1)
    expect(refused({ subject: 'x', member: 'each' })).toBe(0)
  })

  test('prices overage where the plan does', () => {
    const pricePerHundred = { amount: 400, currency: 'USD' }
    const catalog = catalogWith({ atZero: { kind: 'overage', limit: '50', pricePerHundred } })
    const told = simulate({ catalog, planId: 'one', anchor }, [on(1, 2, 125)])
    expect(told.money).toEqual({ amount: 1_000 + 100, currency: 'USD' })
  })

  test('of nothing is empty', () => {
    const told = simulate({ catalog: catalogWith({}), planId: 'one', anchor }, [])
    expect(told).toMatchObject({ months: [], runs: 0, money: null })
  })

  test('refuses usage out of order and plans that are not there', () => {
    const catalog = catalogWith({})
    const backwards = [on(1, 2, 1), on(1, 1, 1)]
    expect(() => simulate({ catalog, planId: 'one', anchor }, backwards)).toThrow(RangeError)
    expect(() => simulate({ catalog, planId: 'two', anchor }, [])).toThrow(RangeError)
  })
})
