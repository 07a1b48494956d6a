import { describe, expect, test } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import { formatCount, formatCredits, formatMoney } from '#shared/credits/format.ts'

describe('credits as people read them', () => {
  test.each([
    [0, '0'],
    [12_000, '12'],
    [1_234_567_000, '1,234,567'],
    [100, '0.1'],
    [1_250, '1.25'],
    [1, '0.001'],
    [-3_250, '-3.25'],
    [Number.MAX_SAFE_INTEGER, '9,007,199,254,740.991'],
  ])('%i millicredits are %s', (amount, text) => {
    expect(formatCredits(millicredits(amount))).toBe(text)
  })

  test.each([
    [0, '0'],
    [999, '999'],
    [1_000, '1,000'],
    [-1_234_567, '-1,234,567'],
  ])('%i things are %s', (count, text) => {
    expect(formatCount(count)).toBe(text)
  })
})

describe('money as people read it', () => {
  test.each([
    [2_000, 'USD', '$20'],
    [1_999, 'USD', '$19.99'],
    [1_990, 'USD', '$19.90'],
    [5, 'USD', '$0.05'],
    [0, 'USD', '$0'],
    [2_000, 'JPY', '¥2,000'],
    [1_234, 'KWD', 'KWD\u00a01.234'],
  ])('%i minor units of %s are %s', (amount, currency, text) => {
    expect(formatMoney({ amount, currency })).toBe(text)
  })
})
