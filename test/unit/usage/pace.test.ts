import { describe, expect, test } from 'vitest'
import { millicredits, ZERO } from '#shared/credits/amount.ts'
import { paceOf } from '#shared/usage/pace.ts'
import { credits } from '../../support/credits.ts'

const DAY = 24 * 60 * 60 * 1_000
const cycle = { startsAt: 1_000, endsAt: 1_000 + 30 * DAY }
const after = (days: number) => cycle.startsAt + days * DAY

describe('pace', () => {
  test('is what was spent per day, and tells when the rest is used up', () => {
    const pace = paceOf({ spent: credits('100'), available: credits('50'), cycle, now: after(10) })
    expect(pace).toEqual({ perDay: credits('10'), runsOutAt: after(15) })
  })

  test('does not run out before a refill comes first', () => {
    const at = (available: string) =>
      paceOf({ spent: credits('100'), available: credits(available), cycle, now: after(10) })
        .runsOutAt
    expect(at('199.999')).toBeLessThan(cycle.endsAt)
    expect(at('200')).toBeNull()
  })

  test('never runs out without spending, and has run out with nothing left', () => {
    const base = { cycle, now: after(3) }
    expect(paceOf({ ...base, spent: ZERO, available: credits('5') })).toEqual({
      perDay: 0,
      runsOutAt: null,
    })
    expect(paceOf({ ...base, spent: credits('5'), available: ZERO }).runsOutAt).toBe(after(3))
  })

  test('takes the first day as a whole one', () => {
    const pace = paceOf({
      spent: credits('10'),
      available: credits('40'),
      cycle,
      now: cycle.startsAt + 60_000,
    })
    expect(pace).toEqual({ perDay: credits('10'), runsOutAt: cycle.startsAt + 60_000 + 4 * DAY })
  })

  test('stays exact at the largest amounts', () => {
    const most = millicredits(Number.MAX_SAFE_INTEGER)
    expect(paceOf({ spent: most, available: most, cycle, now: after(1) }).perDay).toBe(most)
  })
})
