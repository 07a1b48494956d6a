import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Cap } from '#shared/catalog/policies.ts'
import { type Credits, millicredits } from '#shared/credits/amount.ts'
import { checkCaps, usesOf } from '#shared/policy/caps.ts'
import { type HeardRun, joinSpending, spendingOf } from '#shared/policy/others.ts'
import { countEntry, startSpending } from '#shared/policy/spending.ts'
import { calendarAt } from '#shared/policy/windows.ts'
import { credits } from '../../support/credits.ts'
import { A_RUN, aCap, aRun, holdAt, settleAt } from '../../support/policies.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const CYCLE = { startsAt: Date.parse('2026-11-05T00:00:00Z'), endsAt: NOW + 15 * 86_400_000 }
const CAPS: readonly Cap[] = [
  aCap(),
  aCap({ id: 'member', window: 'week', scope: { member: 'each' } }),
  aCap({ id: 'rolling', window: 'rolling', minutes: 90, scope: {} }),
  aCap({ id: 'hour', window: 'hour', scope: { operation: A_RUN.operation } }),
]

const heard = (at: number, charge: Credits, byDay = false): HeardRun => ({
  at,
  scope: A_RUN,
  charge,
  byDay,
})
const booksOf = (spending: Parameters<typeof joinSpending>[0]) => ({
  spending,
  calendar: calendarAt('UTC', NOW, CYCLE),
})

describe('what other machines spent', () => {
  test('counts as if this one had spent it, in whatever order it was heard', () => {
    const run = fc.record({
      ago: fc.integer({ min: 1, max: 20 * 24 * 60 }),
      charge: fc.integer({ min: 1, max: 50_000 }),
      own: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(run, { maxLength: 30 }), (runs) => {
        const all = runs
          .map(({ ago, charge, own }, number) => ({
            at: NOW - ago * 60_000,
            id: `run-${number}`,
            charge: millicredits(charge),
            own,
          }))
          .sort((left, right) => left.at - right.at)
        const fold = (some: typeof all) =>
          some
            .flatMap(({ at, id, charge }) => [
              holdAt(at, aRun(id, charge)),
              settleAt(at, id, charge),
            ])
            .reduce(countEntry, startSpending('UTC', CAPS))
        const others = all.filter(({ own }) => !own).map(({ at, charge }) => heard(at, charge))
        const joined = joinSpending(
          fold(all.filter(({ own }) => own)),
          spendingOf('UTC', CAPS, others.toReversed()),
        )
        for (const cap of CAPS) {
          const check = (spending: typeof joined) =>
            checkCaps([cap], booksOf(spending), A_RUN, credits('10'), NOW)
          expect(check(joined)).toEqual(check(fold(all)))
          expect(usesOf(cap, booksOf(joined), NOW)).toEqual(usesOf(cap, booksOf(fold(all)), NOW))
        }
      }),
      { numRuns: 60 },
    )
  })

  test('is left out of short windows where only its day is known', () => {
    const noon = heard(NOW, credits('7'), true)
    const spending = joinSpending(startSpending('UTC', CAPS), spendingOf('UTC', CAPS, [noon]))
    const used = CAPS.map((cap) => usesOf(cap, booksOf(spending), NOW)[0]?.used)
    expect(used).toEqual([credits('7'), credits('7'), 0, 0])
  })
})
