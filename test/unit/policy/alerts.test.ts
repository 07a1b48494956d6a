import { describe, expect, test } from 'vitest'
import type { AlertRule } from '#shared/catalog/policies.ts'
import { isCrossed, nextAlerts } from '#shared/policy/alerts.ts'
import { MAX_AMOUNT } from '#shared/credits/amount.ts'
import { credits } from '../../support/credits.ts'

const HALF: AlertRule = { id: 'half', kind: 'used', percent: 50 }
const MOST: AlertRule = { id: 'most', kind: 'used', percent: 80 }
const ALL: AlertRule = { id: 'all', kind: 'used', percent: 100 }
const FEW: AlertRule = { id: 'few', kind: 'left', credits: credits('30') }
const RULES = [ALL, FEW, HALF, MOST]

const level = (used: string, left: string) => ({ used: credits(used), left: credits(left) })
const ids = (rules: readonly AlertRule[]) => rules.map(({ id }) => id)

describe('an alert', () => {
  test('fires at its threshold, not before', () => {
    expect(isCrossed(HALF, level('49.999', '50'))).toBe(false)
    expect(isCrossed(HALF, level('50', '50'))).toBe(true)
    expect(isCrossed(ALL, level('99.999', '0.001'))).toBe(false)
    expect(isCrossed(ALL, level('100', '0'))).toBe(true)
    expect(isCrossed(FEW, level('70', '30'))).toBe(true)
    expect(isCrossed(FEW, level('70', '30.001'))).toBe(false)
  })

  test('fires once, and not again while it holds', () => {
    const first = nextAlerts(RULES, level('60', '40'), [])
    expect(ids(first.fired)).toEqual(['half'])
    expect(nextAlerts(RULES, level('70', '31'), first.told)).toEqual({
      fired: [],
      recovered: [],
      told: ['half'],
    })
  })

  test('several crossed at once come the mildest first', () => {
    expect(ids(nextAlerts(RULES, level('100', '0'), []).fired)).toEqual([
      'half',
      'most',
      'all',
      'few',
    ])
  })

  test('recovers with a refill, and fires again when it is crossed again', () => {
    const told = ['half', 'most', 'all', 'few']
    const refilled = nextAlerts(RULES, level('100', '100'), told)
    expect(refilled).toEqual({ fired: [], recovered: ['most', 'all', 'few'], told: ['half'] })
    expect(ids(nextAlerts(RULES, level('170', '30'), refilled.told).fired)).toEqual(['most', 'few'])
  })

  test('of nothing at all has used nothing', () => {
    expect(ids(nextAlerts(RULES, level('0', '0'), []).fired)).toEqual(['few'])
  })

  test('whose rule is gone recovers', () => {
    expect(nextAlerts([HALF], level('60', '40'), ['half', 'few']).recovered).toEqual(['few'])
  })

  test('is exact for the largest amounts', () => {
    const used = MAX_AMOUNT
    const left = (MAX_AMOUNT + 1) as typeof MAX_AMOUNT
    expect(isCrossed(HALF, { used, left })).toBe(false)
    expect(isCrossed(HALF, { used, left: MAX_AMOUNT })).toBe(true)
  })
})
