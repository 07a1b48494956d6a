import { describe, expect, test } from 'vitest'
import { ZERO } from '#shared/credits/amount.ts'
import { isByAgreement, moreUsed, planFigures } from '../../../src-renderer/words/plan-figures.ts'
import { credits, month, simulation } from './simulations.ts'

/** As the simulation computes it: without credits, it runs out in every month. */
const agreed = simulation({ money: null, months: [month(0, 3)], ranOut: 1, used: ZERO })

describe('a plan by agreement', () => {
  test('lists neither a price nor credits', () => {
    expect(isByAgreement(agreed)).toBe(true)
    expect(isByAgreement(simulation({ months: [month(0, 3)] }))).toBe(false)
    const brings = { ...month(0, 0), allowance: credits(100) }
    expect(isByAgreement(simulation({ money: null, months: [brings] }))).toBe(false)
  })

  test('is not said to have run out, nor to use nothing', () => {
    expect(planFigures(agreed)).toEqual({
      used: '–',
      ranOut: '–',
      leftOut: '–',
      price: 'By agreement',
    })
  })

  test('has no difference to a version that lists its credits', () => {
    expect(moreUsed(simulation({}), agreed)).toBeNull()
    expect(moreUsed(agreed, simulation({}))).toBeNull()
  })
})

test('the figures of a plan are those of the simulation', () => {
  const leftOut = [
    { operation: 'x', why: 'unpriced', runs: 1_200, recorded: ZERO },
    { operation: 'y', why: 'not-entitled', runs: 34, recorded: ZERO },
  ] as const
  const months = [month(0, 1), month(1, 0), month(2, 0)]
  expect(planFigures(simulation({ used: credits(1_234.5), ranOut: 1, months, leftOut }))).toEqual({
    used: '1,234.5',
    ranOut: '1 of 3',
    leftOut: '1,234',
    price: '$0',
  })
})

test('what is used more or less has its sign', () => {
  expect(moreUsed(simulation({}), simulation({ used: credits(130) }))).toBe('+30')
  expect(moreUsed(simulation({}), simulation({ used: credits(99.5) }))).toBe('-0.5')
  expect(moreUsed(simulation({}), simulation({}))).toBeNull()
})
