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
