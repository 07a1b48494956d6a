import { describe, expect, test } from 'vitest'
import {
  addCredits,
  creditsToDecimal,
  millicredits,
  parseCredits,
  subtractCredits,
} from '#shared/credits/amount.ts'

describe('amounts', () => {
  test.each([NaN, Infinity, 0.5, 2 ** 53, '1' as unknown as number])('refuse %s', (value) => {
    expect(() => millicredits(value)).toThrow(RangeError)
  })

  test('never hold a negative zero', () => {
    expect(Object.is(millicredits(-0), 0)).toBe(true)
  })

  test('refuse a sum that leaves the exact integers', () => {
    const most = millicredits(Number.MAX_SAFE_INTEGER)
    expect(() => addCredits(most, millicredits(1))).toThrow(RangeError)
    expect(() => subtractCredits(millicredits(-2), most)).toThrow(RangeError)
  })

  test.each([
    ['500', 500_000],
    ['0.1', 100],
    ['0.001', 1],
    ['-3.25', -3_250],
    ['007', 7_000],
    ['-0', 0],
  ])('read %s', (text, expected) => {
    expect(parseCredits(text)).toBe(expected)
  })

  test.each([
    '',
    ' 1',
    '1 ',
    '1.',
    '.5',
    '1e3',
    '0x10',
    '1,000',
    '0.0001',
    'NaN',
    '+1',
    '1'.repeat(13),
  ])('do not read "%s"', (text) => {
    expect(parseCredits(text)).toBeNull()
  })

  test('are written as the shortest exact decimal', () => {
    expect(
      [0, 1, 100, 1_000, 1_250, -3_250, -1].map((n) => creditsToDecimal(millicredits(n))),
    ).toEqual(['0', '0.001', '0.1', '1', '1.25', '-3.25', '-0.001'])
  })
})
