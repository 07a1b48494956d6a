import { describe, expect, test } from 'vitest'
import type { Cap } from '#shared/catalog/policies.ts'
import { checkCaps, roomUnder, usesOf } from '#shared/policy/caps.ts'
import {
  chargedSince,
  countEntry,
  CYCLE_SPENDING,
  startSpending,
  type Spending,
} from '#shared/policy/spending.ts'
import { calendarAt } from '#shared/policy/windows.ts'
import type { Entry } from '#shared/journal/journal.ts'
import { credits } from '../../support/credits.ts'
import { A_RUN, aCap, aRun, holdAt, settleAt, voidAt } from '../../support/policies.ts'

const at = (text: string) => Date.parse(`2026-11-${text}Z`)
const NOON = at('21T12:00:00')
const CYCLE = { startsAt: at('05T00:00:00'), endsAt: Date.parse('2026-12-05T00:00:00Z') }

function spend(
  shapes: readonly Pick<Cap, 'window' | 'scope'>[],
  entries: readonly Pick<Entry, 'facts' | 'at'>[],
): Spending {
  return entries.reduce(countEntry, startSpending('UTC', shapes))
}

const books = (spending: Spending, now: number) => ({
  spending,
  calendar: calendarAt('UTC', now, CYCLE),
})

const check = (caps: readonly Cap[], spending: Spending, maximum: string, now = NOON) =>
  checkCaps(caps, books(spending, now), A_RUN, credits(maximum), now)

describe('a cap', () => {
  const cap = aCap()
  const ninety = holdAt(NOON - 1_000, aRun('one', credits('90')))

  test('counts a hold at its maximum until the run ends', () => {
    expect(check([cap], spend([cap], [ninety]), '10').ok).toBe(true)
    expect(check([cap], spend([cap], [ninety]), '11')).toEqual({
      ok: false,
      warnings: [],
      refusal: {
        capId: 'a-cap',
        name: 'A cap',
        limit: credits('100'),
        used: credits('90'),
        resetsAt: at('22T00:00:00'),
      },
    })
  })

  test('counts the charge in place of the hold, and nothing of a void', () => {
    const settled = spend([cap], [ninety, settleAt(NOON, 'one', credits('30'))])
    expect(check([cap], settled, '70').ok).toBe(true)
    expect(check([cap], settled, '70.001').ok).toBe(false)
    expect(check([cap], spend([cap], [ninety, voidAt(NOON, 'one')]), '100').ok).toBe(true)
  })

  test('counts a run on the day it was held, however late it ends', () => {
    const night = holdAt(at('21T23:59:59'), aRun('late', credits('90')))
    const spending = spend([cap], [night, settleAt(at('22T00:01:00'), 'late', credits('80'))])
    expect(check([cap], spending, '100', at('22T00:02:00')).ok).toBe(true)
  })

  test('is not passed by a run that can cost nothing, though it is used up', () => {
    const full = spend([cap], [holdAt(NOON - 1_000, aRun('one', credits('100')))])
    expect(check([cap], full, '0').ok).toBe(true)
  })

  test('never resets for a run that alone is above it', () => {
    expect(check([cap], spend([cap], []), '101')).toMatchObject({ refusal: { resetsAt: null } })
  })

  test('that is soft warns and refuses nothing', () => {
    const soft = aCap({ kind: 'soft' })
    expect(check([soft], spend([soft], [ninety]), '11')).toMatchObject({
      ok: true,
      warnings: [{ capId: 'a-cap', used: credits('90') }],
    })
  })

  test('that nobody watches is a mistake', () => {
    expect(() => check([cap], spend([], []), '1')).toThrow('Nothing counts')
  })
})

describe('the scope of a cap', () => {
  const entries = [
    holdAt(NOON - 3_000, aRun('one', credits('40'), { member: 'ann' })),
    holdAt(NOON - 2_000, aRun('two', credits('50'), { member: 'ben', subject: 'Design' })),
  ]
  const used = (scope: Record<string, string>) => {
    const cap = aCap({ scope, limit: '0' })
    const result = check([cap], spend([cap], entries), '1')
    return result.ok ? null : result.refusal.used
  }

  test('counts all together, one value, each by itself, or both at once', () => {
    expect(used({})).toBe(credits('90'))
    expect(used({ subject: 'Design' })).toBeNull()
    expect(used({ member: 'ann' })).toBe(credits('40'))
    expect(used({ member: 'each' })).toBe(credits('40'))
    expect(used({ member: 'each', operation: 'chat' })).toBe(credits('40'))
    expect(used({ operation: 'image' })).toBeNull()
  })

  test('tells who used how much, the most first', () => {
    const cap = aCap({ scope: { member: 'each' } })
    expect(usesOf(cap, books(spend([cap], entries), NOON), NOON)).toEqual([
      { of: ['ben'], used: credits('50'), resetsAt: at('22T00:00:00') },
      { of: ['ann'], used: credits('40'), resetsAt: at('22T00:00:00') },
    ])
  })
})

describe('a rolling cap', () => {
  const cap = aCap({ window: 'rolling', minutes: 10 })
  const spending = spend(
    [cap],
    [
      holdAt(at('21T12:00:59'), aRun('one', credits('60'))),
      holdAt(at('21T12:05:00'), aRun('two', credits('30'))),
    ],
  )

  test('lets go of a run that many minutes after the minute it was held in', () => {
    expect(check([cap], spending, '50', at('21T12:10:59'))).toMatchObject({
      ok: false,
      refusal: { used: credits('90'), resetsAt: at('21T12:11:00') },
    })
    expect(check([cap], spending, '50', at('21T12:11:00')).ok).toBe(true)
  })

  test('tells when as much as is needed has left it', () => {
    expect(check([cap], spending, '80', at('21T12:06:00'))).toMatchObject({
      refusal: { resetsAt: at('21T12:16:00') },
    })
    expect(usesOf(cap, books(spending, at('21T12:06:00')), at('21T12:06:00'))).toEqual([
      { of: [], used: credits('90'), resetsAt: at('21T12:16:00') },
    ])
  })
})

describe('several caps', () => {
  const daily = aCap({ id: 'daily', limit: '50' })
  const monthly = aCap({ id: 'monthly', limit: '100', window: 'month' })
  const perImage = aCap({ id: 'images', limit: '1', scope: { operation: 'image' } })

  test('the one with the least room is named, with the moment when all would allow the run', () => {
    const spending = spend(
      [daily, monthly],
      [
        holdAt(at('20T12:00:00'), aRun('one', credits('50'))),
        holdAt(NOON - 1_000, aRun('two', credits('45'))),
      ],
    )
    expect(check([monthly, daily], spending, '10')).toMatchObject({
      refusal: {
        capId: 'daily',
        used: credits('45'),
        resetsAt: Date.parse('2026-12-01T00:00:00Z'),
      },
    })
    expect(check([monthly, daily], spending, '6')).toMatchObject({
      refusal: { capId: 'daily' },
    })
    expect(check([monthly, daily], spending, '5').ok).toBe(true)
  })

  test('the room is what all leave, whatever does not count the run', () => {
    const caps = [daily, monthly, perImage]
    const spending = spend(caps, [holdAt(NOON - 1_000, aRun('two', credits('45')))])
    expect(roomUnder(caps, books(spending, NOON), A_RUN, NOON)).toBe(credits('5'))
    expect(roomUnder([perImage], books(spending, NOON), A_RUN, NOON)).toBeNull()
  })
})

describe('what a cycle was charged', () => {
  test('leaves out open runs and what was before the cycle', () => {
    const spending = spend(
      [CYCLE_SPENDING],
      [
        holdAt(at('04T12:00:00'), aRun('before', credits('70'))),
        settleAt(at('04T12:00:00'), 'before', credits('70')),
        holdAt(NOON, aRun('one', credits('60'))),
        settleAt(NOON, 'one', credits('20')),
        holdAt(NOON, aRun('two', credits('60'))),
      ],
    )
    expect(chargedSince(spending, CYCLE.startsAt)).toBe(credits('20'))
  })
})
