import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { creditsToDecimal, millicredits, parseCredits } from '#shared/credits/amount.ts'
import { formatCredits, formatMoney } from '#shared/credits/format.ts'

const amount = fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 }).map(millicredits)

describe('any amount', () => {
  test('is read back from its decimal unchanged', () => {
    fc.assert(
      fc.property(amount, (one) => {
        expect(parseCredits(creditsToDecimal(one))).toBe(one)
      }),
    )
  })

  test('is read back from what people see unchanged', () => {
    fc.assert(
      fc.property(amount, (one) => {
        const seen = formatCredits(one)
        expect(parseCredits(seen.replaceAll(',', ''))).toBe(one)
        expect(seen).not.toMatch(/\.\d*0$/)
      }),
    )
  })

  test('of money is read back from what people see unchanged', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000_000), (cents) => {
        const [whole = '', minor = '00'] = formatMoney({ amount: cents, currency: 'USD' })
          .replaceAll(/[$,]/g, '')
          .split('.')
        expect(Number(whole + minor)).toBe(cents)
      }),
    )
  })
})

test('minus nothing is the one zero there is', () => {
  for (const text of ['-0', '-0.000', '-000']) expect(parseCredits(text)).toBe(0)
})

describe('any text', () => {
  test('is read as an exact amount or not at all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^-?[\d.]{1,18}$/)), (text) => {
        const read = parseCredits(text)
        // Adding zero: to a float "-0" is another number, to credits it is none.
        if (read !== null) expect(Number(creditsToDecimal(read))).toBe(Number(text) + 0)
      }),
    )
  })
})
