import { describe, expect, test } from 'vitest'
import { changePlan, type PlanChangeEffect } from '#shared/account/plan-change.ts'
import { creditsToDecimal } from '#shared/credits/amount.ts'
import { type Bookkeeper, keepBooks, plainCatalog } from '../../support/books.ts'

const keeperOf = (upgrade: string, downgrade: string, plan = {}) =>
  keepBooks(plainCatalog(plan, { planChange: { upgrade, downgrade } }), '2026-04-01T00:00:00Z', {
    timeZone: 'UTC',
  })

let changes = 0
function change(keeper: Bookkeeper, planId: string, seats = 1): PlanChangeEffect {
  const changed = changePlan(
    keeper.books(),
    { changeId: `c${++changes}`, planId, seats },
    keeper.now(),
  )
  if (!changed.ok) throw new Error(changed.error.code)
  keeper.write(changed.data.entries)
  return changed.data
}

describe('an upgrade in mid-cycle', () => {
  test('gives the difference at once', () => {
    const keeper = keeperOf('difference', 'next-cycle')
    keeper.spend('40')
    expect(change(keeper, 'large')).toMatchObject({ direction: 'upgrade', granted: 900_000 })
    expect(keeper.available()).toBe('960')
  })

  test('gives a fresh set in place of the old one', () => {
    const keeper = keeperOf('fresh', 'next-cycle')
    keeper.spend('40')
    expect(change(keeper, 'large')).toMatchObject({ granted: 1_000_000, ended: 60_000 })
    expect(keeper.available()).toBe('1000')
  })

  test('gives the share of the difference that is left of the cycle', () => {
    const keeper = keeperOf('prorated', 'next-cycle')
    keeper.at('2026-04-16T00:00:00Z')
    expect(creditsToDecimal(change(keeper, 'large').granted)).toBe('450')
    expect(keeper.available()).toBe('550')
    keeper.at('2026-05-01T00:00:00Z')
    expect(keeper.available()).toBe('1000')
  })

  test('gives nothing twice when one goes down and up again', () => {
    const keeper = keeperOf('fresh', 'now')
    change(keeper, 'large')
    keeper.spend('1000')
    change(keeper, 'small')
    change(keeper, 'large')
    expect(keeper.available()).toBe('0')
    keeper.at('2026-05-01T00:00:00Z')
    expect(keeper.available()).toBe('1000')
  })

  test('more seats bring their credits at once', () => {
    const keeper = keeperOf('difference', 'next-cycle', { perSeat: true })
    change(keeper, 'small', 3)
    expect(keeper.available()).toBe('300')
  })
})

describe('a downgrade', () => {
  test('waits for the next cycle and can be taken back', () => {
    const keeper = keeperOf('difference', 'next-cycle')
    change(keeper, 'large')
    const effect = change(keeper, 'small')
    expect(effect).toMatchObject({ direction: 'downgrade', from: Date.parse('2026-05-01') })
    expect(keeper.available()).toBe('1000')
    change(keeper, 'large')
    keeper.at('2026-05-01T00:00:00Z')
    expect(keeper.available()).toBe('1000')
    change(keeper, 'small')
    keeper.at('2026-06-01T00:00:00Z')
    expect(keeper.available()).toBe('100')
  })

  test('at once, leaves no more than the new plan allows', () => {
    const keeper = keeperOf('difference', 'now')
    change(keeper, 'large')
    keeper.spend('300')
    expect(creditsToDecimal(change(keeper, 'small').ended)).toBe('600')
    expect(keeper.available()).toBe('100')
  })
})

describe('a plan is refused', () => {
  const codeOf = (planId: string, seats: number) => {
    const keeper = keeperOf('fresh', 'now')
    const changed = changePlan(keeper.books(), { changeId: 'x', planId, seats }, keeper.now())
    return changed.ok ? null : changed.error.code
  }
  test('when nobody offers it', () => expect(codeOf('gold', 1)).toBe('plan_not_offered'))
  test('when it is the present one', () => expect(codeOf('small', 1)).toBe('plan_unchanged'))
  test('with seats that cannot be', () => expect(codeOf('large', 0)).toBe('seats_not_possible'))
})
