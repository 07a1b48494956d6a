import { describe, expect, test } from 'vitest'
import { entitlements } from '#shared/catalog/policies.ts'
import type { Override } from '#shared/journal/account-change.ts'
import { policiesInForce } from '#shared/policy/in-force.ts'
import { defaultCatalog } from '../../support/credits.ts'
import { aCap } from '../../support/policies.ts'

const base = defaultCatalog()
const plan = {
  ...base.plans[0]!,
  caps: [aCap({ id: 'plan-cap', limit: '50' })],
  atZero: { kind: 'block' as const },
}
const catalog = { ...base, caps: [aCap({ id: 'house-cap', limit: '500' })] }
const override = (changes: Partial<Override>): Override => ({
  id: 'launch',
  name: 'Launch month',
  from: 0,
  until: null,
  ...changes,
})

const inForce = (overrides: readonly Override[], caps = [aCap({ id: 'plan-cap', limit: '900' })]) =>
  policiesInForce({ catalog, plan, overrides, caps })

describe('the policies in force', () => {
  test('are the caps of the catalog, of the plan and of people, all of them', () => {
    expect(inForce([]).caps.map(({ cap, source }) => [cap.id, source])).toEqual([
      ['house-cap', 'catalog'],
      ['plan-cap', 'plan'],
      ['plan-cap', 'own'],
    ])
  })

  test('an override takes the place of a cap of the same id, and can loosen it', () => {
    const caps = [aCap({ id: 'plan-cap', limit: '5000' })]
    expect(
      inForce([override({ caps })], []).caps.map(({ cap, source }) => [cap.limit, source]),
    ).toEqual([
      [500_000, 'catalog'],
      [5_000_000, 'override'],
    ])
  })

  test('of several overrides the last one counts, each for what it says', () => {
    const first = override({ atZero: { kind: 'pause' }, entitlements: entitlements.parse({}) })
    const second = override({ id: 'second', atZero: { kind: 'block' } })
    const { atZero, entitlements: allowed } = inForce([first, second])
    expect(atZero).toEqual({ kind: 'block' })
    expect(allowed).toBe(first.entitlements)
  })

  test('the alerts of a plan take the place of the catalog’s', () => {
    const alerts = [{ id: 'few', kind: 'used' as const, percent: 90 }]
    expect(inForce([]).alerts).toBe(catalog.alerts)
    expect(
      policiesInForce({ catalog, plan: { ...plan, alerts }, overrides: [], caps: [] }).alerts,
    ).toBe(alerts)
  })
})
