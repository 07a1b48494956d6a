import { describe, expect, test } from 'vitest'
import { cycleAt, nextCycle } from '#shared/account/cycle.ts'
import { planGrantFor } from '#shared/account/plan-grants.ts'
import { credits, defaultCatalog } from '../../support/credits.ts'

const catalog = defaultCatalog()
const anchor = { timeZone: 'Europe/Berlin', startsAt: Date.parse('2026-11-21T12:00Z') }
const cycle = cycleAt(anchor, anchor.startsAt)

describe('the monthly grant of a plan', () => {
  test('is the allowance, in force for exactly the cycle', () => {
    expect(planGrantFor(catalog, 'free', cycle, 'me')).toEqual({
      id: 'plan:me:free:0',
      source: 'plan',
      amount: credits('500'),
      effectiveAt: cycle.startsAt,
      expiresAt: cycle.endsAt,
      priority: catalog.priorities.plan,
      label: 'Free plan, November 2026',
      catalogVersion: catalog.version,
    })
  })

  test('has one id per account, plan and cycle', () => {
    const next = nextCycle(anchor, cycle)
    const ids = [
      planGrantFor(catalog, 'free', cycle, 'me').id,
      planGrantFor(catalog, 'free', next, 'me').id,
      planGrantFor(catalog, 'creator', cycle, 'me').id,
      planGrantFor(catalog, 'free', cycle, 'you').id,
    ]
    expect(new Set(ids).size).toBe(4)
    expect(planGrantFor(catalog, 'free', cycle, 'me').id).toBe(ids[0])
  })

  test('is not granted again when the time zone moves the date of the cycle', () => {
    const moved = cycleAt({ ...anchor, timeZone: 'Pacific/Kiritimati' }, anchor.startsAt)
    expect(moved.startDate).not.toBe(cycle.startDate)
    expect(planGrantFor(catalog, 'free', moved, 'me').id).toBe(
      planGrantFor(catalog, 'free', cycle, 'me').id,
    )
  })

  test('counts seats only where the plan is per seat', () => {
    expect(planGrantFor(catalog, 'team', cycle, 'us', 7).amount).toBe(credits('14000'))
    expect(planGrantFor(catalog, 'free', cycle, 'us', 7).amount).toBe(credits('500'))
  })

  test('of an unknown plan is refused', () => {
    expect(() => planGrantFor(catalog, 'gold', cycle, 'me')).toThrow(RangeError)
  })
})
