import { describe, expect, test } from 'vitest'
import { MAX_AMOUNT, ZERO } from '#shared/credits/amount.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import {
  chargeWithin,
  largestAffordableOutput,
  lineAmount,
  priceUnits,
  quoteOperation,
} from '#shared/pricing/rate-card.ts'
import { MAX_UNIT_COUNT, UNIT_NAMES } from '#shared/credits/units.ts'
import { aRate, credits, defaultCatalog } from '../../support/credits.ts'

describe('pricing', () => {
  test('rounds the sum up once, not each line', () => {
    // 20.01 + 30.01 = 50.02: one rounding gives 51, a rounding per line would give 52.
    const rate = aRate({ minimum: ZERO })
    const units = { inputTokens: 2_001, cachedInputTokens: 0, outputTokens: 750 }
    expect(priceUnits(rate, units).amount).toBe(credits('51'))
    const uneven = aRate({
      minimum: ZERO,
      components: [
        { unit: 'inputTokens', price: credits('1'), per: 3 },
        { unit: 'outputTokens', price: credits('1'), per: 3 },
        { unit: 'pages', price: credits('1'), per: 3 },
      ],
    })
    expect(priceUnits(uneven, { inputTokens: 1, outputTokens: 1, pages: 1 }).amount).toBe(
      credits('1'),
    )
    expect(priceUnits(uneven, { inputTokens: 1, outputTokens: 1, pages: 2 }).amount).toBe(
      credits('2'),
    )
  })

  test('rounds up to the increment of the catalog', () => {
    const units = { outputTokens: 1_001 }
    expect(priceUnits(aRate({ increment: credits('1') }), units).amount).toBe(credits('41'))
    expect(priceUnits(aRate({ increment: credits('0.1') }), units).amount).toBe(credits('40.1'))
    expect(priceUnits(aRate({ increment: credits('5') }), units).amount).toBe(credits('45'))
  })

  test('says what decided the amount', () => {
    const of = (outputTokens: number) => priceUnits(aRate(), { outputTokens })
    expect(of(0)).toEqual({ amount: ZERO, lines: [], decidedBy: 'nothing' })
    expect(of(1)).toMatchObject({ amount: credits('40'), decidedBy: 'minimum' })
    expect(of(1_000)).toMatchObject({ amount: credits('40'), decidedBy: 'lines' })
    expect(of(10_000)).toMatchObject({ amount: credits('400'), decidedBy: 'lines' })
    expect(of(10_001)).toMatchObject({ amount: credits('400'), decidedBy: 'maximum' })
  })

  test('charges nothing when only units without a price were delivered', () => {
    expect(priceUnits(aRate(), { seconds: 9, characters: 100 }).decidedBy).toBe('nothing')
  })

  test('adds surcharges on top of minimum and maximum', () => {
    expect(priceUnits(aRate(), { outputTokens: 1, searches: 1 }).amount).toBe(credits('55'))
    expect(priceUnits(aRate(), { outputTokens: 99_999, searches: 2 }).amount).toBe(credits('430'))
  })

  test('prices cached input apart, or as input where the rate does not', () => {
    const units = { inputTokens: 4_000, cachedInputTokens: 8_000 }
    expect(priceUnits(aRate(), units).amount).toBe(credits('60'))
    const plain = aRate({
      components: aRate().components.filter((c) => !c.unit.startsWith('cached')),
    })
    expect(priceUnits(plain, units).amount).toBe(credits('120'))
    expect(priceUnits(plain, units).lines).toEqual([
      { unit: 'inputTokens', units: 12_000, price: credits('10'), per: 1_000, surcharge: false },
    ])
  })

  test('stops at the largest amount instead of leaving the exact integers', () => {
    const dear = aRate({
      components: UNIT_NAMES.map((unit) => ({ unit, price: MAX_AMOUNT, per: 1 })),
      surcharges: [],
    })
    const { maximum: _capped, ...uncapped } = dear
    const units = Object.fromEntries(UNIT_NAMES.map((unit) => [unit, MAX_UNIT_COUNT]))
    expect(priceUnits(uncapped, units)).toMatchObject({ amount: MAX_AMOUNT, decidedBy: 'maximum' })
  })

  test.each([-1, 0.5, NaN, Infinity])('refuses a count of %s', (outputTokens) => {
    expect(() => priceUnits(aRate(), { outputTokens })).toThrow(RangeError)
  })

  test('reads a line in credits, rounded up to a millicredit', () => {
    const [line] = priceUnits(aRate(), { inputTokens: 333 }).lines
    expect(lineAmount(line!)).toBe(credits('3.33'))
    expect(lineAmount({ ...line!, units: 1, per: 7 })).toBe(credits('1.429'))
  })
})

describe('a charge within what was promised', () => {
  const units = { outputTokens: 5_000 }
  const charge = priceUnits(aRate(), units)

  test('stays as it is when the promise covers it', () => {
    expect(chargeWithin(aRate(), { maximum: credits('200') }, units)).toEqual(charge)
  })

  test('is never more than that, and says so', () => {
    expect(chargeWithin(aRate(), { maximum: credits('120') }, units)).toEqual({
      ...charge,
      amount: credits('120'),
      decidedBy: 'hold',
    })
  })

  test('leaves the creator the premium that was promised with it', () => {
    const premium = { percent: 5, expected: ZERO, maximum: credits('6') }
    expect(chargeWithin(aRate(), { maximum: credits('126'), premium }, units)).toEqual({
      ...charge,
      amount: credits('126'),
      premium: { percent: 5, amount: credits('6') },
      decidedBy: 'hold',
    })
  })
})

describe('a premium', () => {
  test('goes on top of the sum, which is rounded once', () => {
    // 40.01 and 5 % of it are 42.0105: 43; without the premium 41.
    const charge = priceUnits(aRate({ minimum: ZERO }), { inputTokens: 1, outputTokens: 1_000 }, 5)
    expect(charge).toMatchObject({
      amount: credits('43'),
      premium: { percent: 5, amount: credits('2') },
    })
    expect(charge.lines).toHaveLength(2)
  })

  test('goes on top of surcharges and of the maximum of the rate', () => {
    expect(priceUnits(aRate(), { outputTokens: 99_999, searches: 1 }, 10)).toMatchObject({
      amount: credits('457'),
      premium: { percent: 10, amount: credits('42') },
    })
  })

  test('of nothing is nothing', () => {
    expect(priceUnits(aRate(), { seconds: 3 }, 20)).toEqual({
      amount: ZERO,
      lines: [],
      decidedBy: 'nothing',
    })
    expect(priceUnits(aRate(), { outputTokens: 9 }, 0)).not.toHaveProperty('premium')
  })

  test('is in the quote, of the expected and of the most', () => {
    const catalog: Catalog = { ...defaultCatalog(), operations: [aRate()] }
    const [some, most] = [{ outputTokens: 1_200 }, { outputTokens: 3_000 }]
    const result = quoteOperation(catalog, 'chat', some, most, 5)
    expect(result).toMatchObject({
      ok: true,
      quote: {
        expected: credits('51'),
        maximum: credits('126'),
        premium: { percent: 5, expected: credits('3'), maximum: credits('6') },
      },
    })
  })
})

describe('a quote', () => {
  const catalog: Catalog = { ...defaultCatalog(), operations: [aRate()] }

  test('carries the rate it was made with', () => {
    const result = quoteOperation(catalog, 'chat', { outputTokens: 1_200 }, { outputTokens: 3_000 })
    expect(result).toEqual({
      ok: true,
      quote: {
        operation: 'chat',
        operationName: 'Chat',
        catalogVersion: catalog.version,
        rate: aRate(),
        expected: credits('48'),
        maximum: credits('120'),
        expectedUnits: { outputTokens: 1_200 },
        maximumUnits: { outputTokens: 3_000 },
      },
    })
  })

  test('never expects more than its maximum', () => {
    const result = quoteOperation(
      catalog,
      'chat',
      { outputTokens: 9_000, searches: 5 },
      { outputTokens: 3_000, searches: 1 },
    )
    expect(result).toMatchObject({
      quote: { expected: credits('135'), expectedUnits: { outputTokens: 3_000, searches: 1 } },
    })
  })

  test('is refused for an operation without a price', () => {
    expect(quoteOperation(catalog, 'hologram', {}, {})).toEqual({
      ok: false,
      code: 'unknown_operation',
      operation: 'hologram',
    })
  })
})

describe('the longest reply that a balance affords', () => {
  const longest = (limit: string, ceiling = 8_000) =>
    largestAffordableOutput(
      aRate(),
      { inputTokens: 1_000 },
      'outputTokens',
      credits(limit),
      ceiling,
    )

  test('is the last one that still fits', () => {
    expect(longest('100')).toBe(2_250)
    expect(longest('100.999')).toBe(2_250)
    expect(longest('101')).toBe(2_275)
  })

  test('is the ceiling when all of it fits, as it does beyond the cap', () => {
    expect(longest('330')).toBe(8_000)
    expect(longest('400', 1_000_000)).toBe(1_000_000)
  })

  test('is none when not even one token fits', () => {
    expect(longest('39.999')).toBeNull()
    expect(longest('1000', 0)).toBeNull()
  })
})
