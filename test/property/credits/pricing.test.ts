import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MAX_AMOUNT, millicredits } from '#shared/credits/amount.ts'
import type { OperationRate } from '#shared/catalog/rates.ts'
import {
  chargeWithin,
  largestAffordableOutput,
  priceAmount,
  priceUnits,
  quoteOperation,
} from '#shared/pricing/rate-card.ts'
import { UNIT_NAMES, type Units } from '#shared/credits/units.ts'
import { defaultCatalog } from '../../support/credits.ts'
import { amount, operationRate, units } from './arbitraries.ts'

const catalogWith = (rate: OperationRate) => ({ ...defaultCatalog(), operations: [rate] })

/**
 * The price by another road: everything over one common denominator, then the smallest multiple of
 * the increment that is not below the sum, searched from below.
 */
function oraclePrice(rate: OperationRate, given: Units): bigint {
  const priced = [...rate.components, ...rate.surcharges]
  const apart = priced.some(({ unit }) => unit === 'cachedInputTokens')
  const count = (unit: string) => {
    const own = BigInt(given[unit as keyof Units] ?? 0)
    return unit === 'inputTokens' && !apart ? own + BigInt(given.cachedInputTokens ?? 0) : own
  }
  const common = priced.reduce((product, { per }) => product * BigInt(per), 1n)
  const over = (list: OperationRate['components']) =>
    list.reduce((sum, c) => sum + count(c.unit) * BigInt(c.price) * (common / BigInt(c.per)), 0n)
  if (priced.every(({ unit }) => count(unit) === 0n)) return 0n
  let base = over(rate.components)
  const least = BigInt(rate.minimum) * common
  const most = BigInt(rate.maximum ?? MAX_AMOUNT) * common
  if (base < least) base = least
  if (base > most) base = most
  const exact = base + over(rate.surcharges)
  const increment = BigInt(rate.increment)
  let price = (exact / common / increment) * increment
  while (price * common < exact) price += increment
  return price < BigInt(MAX_AMOUNT) ? price : BigInt(MAX_AMOUNT)
}

/** Units none of which exceeds the given ones. */
const within = (ceiling: Units): fc.Arbitrary<Units> =>
  fc.record(
    Object.fromEntries(
      UNIT_NAMES.map((unit) => [unit, fc.integer({ min: 0, max: ceiling[unit] ?? 0 })]),
    ),
  )

describe('pricing, for any rate and units', () => {
  test('is exact, against an oracle', () => {
    fc.assert(
      fc.property(operationRate, units, (rate, given) => {
        expect(BigInt(priceUnits(rate, given).amount)).toBe(oraclePrice(rate, given))
      }),
      { numRuns: 1_000 },
    )
  })

  test('is the same when only the amount is asked for, in plain numbers or not', () => {
    const small = fc.record(
      Object.fromEntries(UNIT_NAMES.map((unit) => [unit, fc.nat(20_000)])),
    ) as fc.Arbitrary<Units>
    const percent = fc.constantFrom(0, 0, 0, 15)
    fc.assert(
      fc.property(operationRate, fc.oneof(units, small), percent, (rate, given, premium) => {
        expect(priceAmount(rate, given, premium)).toBe(priceUnits(rate, given, premium).amount)
      }),
      { numRuns: 5_000 },
    )
  })

  test('never falls as any unit grows', () => {
    fc.assert(
      fc.property(
        operationRate,
        units,
        fc.constantFrom(...UNIT_NAMES),
        fc.integer({ min: 1, max: 10_000 }),
        (rate, given, unit, more) => {
          const grown = { ...given, [unit]: (given[unit] ?? 0) + more }
          expect(priceUnits(rate, grown).amount).toBeGreaterThanOrEqual(
            priceUnits(rate, given).amount,
          )
        },
      ),
      { numRuns: 500 },
    )
  })

  test('a quote’s maximum covers its expectation and any run within its units', () => {
    const quoted = units.chain((most) => fc.tuple(fc.constant(most), units, within(most)))
    fc.assert(
      fc.property(
        operationRate,
        quoted,
        amount(1_000_000),
        (rate, [most, expected, actual], held) => {
          const result = quoteOperation(catalogWith(rate), 'op', expected, most)
          if (!result.ok) throw new Error(result.code)
          const charge = priceUnits(rate, actual)
          expect(result.quote.expected).toBeLessThanOrEqual(result.quote.maximum)
          expect(charge.amount).toBeLessThanOrEqual(result.quote.maximum)
          const kept = chargeWithin(rate, { maximum: held }, actual)
          expect(kept.amount).toBe(Math.min(charge.amount, held))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('a prompt that turns out to be cached costs no more than quoted', () => {
    const text = fc.constantFrom(...defaultCatalog().operations.filter((o) => o.kind === 'text'))
    fc.assert(
      fc.property(
        text,
        fc.nat(500_000),
        fc.nat(500_000),
        (rate, inputTokens, cachedInputTokens) => {
          const quoted = priceUnits(rate, { inputTokens: inputTokens + cachedInputTokens }).amount
          expect(priceUnits(rate, { inputTokens, cachedInputTokens }).amount).toBeLessThanOrEqual(
            quoted,
          )
        },
      ),
    )
  })

  test('the longest affordable reply is the one that trying every length finds', () => {
    fc.assert(
      fc.property(
        operationRate,
        fc.dictionary(fc.constantFrom(...UNIT_NAMES), fc.nat(50)),
        fc.constantFrom(...UNIT_NAMES),
        amount(300_000),
        fc.nat(120),
        (rate, base, unit, limit, ceiling) => {
          let longest: number | null = null
          for (let count = 1; count <= ceiling; count += 1) {
            const more = { ...base, [unit]: (base[unit] ?? 0) + count }
            if (priceUnits(rate, more).amount <= limit) longest = count
          }
          expect(largestAffordableOutput(rate, base, unit, limit, ceiling)).toBe(longest)
        },
      ),
      { numRuns: 300 },
    )
  })

  test('what fits the limit is quoted within it', () => {
    fc.assert(
      fc.property(operationRate, units, amount(1_000_000), (rate, base, limit) => {
        const fits = largestAffordableOutput(rate, base, 'outputTokens', limit, 4_096)
        const more = (count: number) => ({
          ...base,
          outputTokens: (base.outputTokens ?? 0) + count,
        })
        const price = (count: number) => priceUnits(rate, more(count)).amount
        if (fits !== null) expect(price(fits)).toBeLessThanOrEqual(limit)
        if (fits !== 4_096) expect(price((fits ?? 0) + 1)).toBeGreaterThan(limit)
      }),
    )
  })

  test('is always a multiple of the increment below the largest amount', () => {
    fc.assert(
      fc.property(operationRate, units, (rate, given) => {
        const charge = priceUnits(rate, given).amount
        expect(charge === MAX_AMOUNT || charge % rate.increment === 0).toBe(true)
        expect(charge).toBe(millicredits(charge))
      }),
    )
  })
})
