import { describe, expect, test } from 'vitest'
import { ZERO } from '#shared/credits/amount.ts'
import { bestFit, simulationRemarks } from '../../../src-renderer/features/billing/fit-words.ts'
import { credits, month, simulation } from './simulations.ts'

describe('the plan that fits', () => {
  test('is the least dear under which nothing was refused', () => {
    const free = simulation({ refusedRuns: 1 })
    const creator = simulation({ planId: 'creator', money: { amount: 2_500, currency: 'USD' } })
    const large = simulation({ planId: 'super', money: { amount: 20_000, currency: 'USD' } })
    expect(bestFit([free, large, creator])?.planId).toBe('creator')
  })

  test('is none where every plan refuses, leaves out, or has no price', () => {
    const leftOut = [{ operation: 'x', why: 'unpriced', runs: 1, recorded: ZERO } as const]
    expect(
      bestFit([
        simulation({ refusedRuns: 1 }),
        simulation({ leftOut }),
        simulation({ money: null }),
      ]),
    ).toBeNull()
  })
})

test('remarks name the months it ran out in, overage, and what ended unused', () => {
  const shown = simulation({
    months: [month(0, 2), month(31 * 86_400_000, 0)],
    refused: credits(30),
    refusedRuns: 2,
    overage: credits(5),
    expired: credits(7),
    cappedRuns: 1,
  })
  expect(simulationRemarks(shown, 'UTC')).toEqual([
    'Run out in the months from 1 Jan 1970: 2 runs of 30 credits refused.',
    '1 run of these refused by a cap.',
    '5 credits of it beyond the balance, invoiced.',
    '7 credits would have ended unused.',
  ])
})
