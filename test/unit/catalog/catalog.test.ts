import { describe, expect, test } from 'vitest'
import { findOperation, findPlan, readCatalog } from '#shared/catalog/catalog.ts'
import { priceUnits, quoteOperation } from '#shared/pricing/rate-card.ts'
import type { Units } from '#shared/credits/units.ts'
import { credits, defaultCatalog, defaultCatalogJson } from '../../support/credits.ts'

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- spoils JSON of any shape
type Spoil = (catalog: any) => void

function problemsOf(spoil: Spoil) {
  const json = defaultCatalogJson()
  spoil(json)
  const result = readCatalog(json)
  return result.ok ? [] : result.problems
}

describe('a bad catalog is refused with the place of the error', () => {
  const bad: readonly [string, Spoil, string][] = [
    [
      'a negative price',
      (c) => (c.operations[0].components[0].price = '-1'),
      'operations[0].components[0].price',
    ],
    [
      'a missing price',
      (c) => delete c.operations[1].components[2].price,
      'operations[1].components[2].price',
    ],
    [
      'a price that is a number',
      (c) => (c.operations[0].components[0].price = 1.5),
      'operations[0].components[0].price',
    ],
    [
      'a NaN price',
      (c) => (c.operations[0].components[0].price = NaN),
      'operations[0].components[0].price',
    ],
    [
      'a null price',
      (c) => (c.operations[0].surcharges[0].price = null),
      'operations[0].surcharges[0].price',
    ],
    [
      'more than three decimals',
      (c) => (c.operations[0].components[0].price = '0.0001'),
      'operations[0].components[0].price',
    ],
    ['an exponent', (c) => (c.operations[0].minimum = '1e3'), 'operations[0].minimum'],
    [
      'a price too large to parse',
      (c) => (c.operations[0].components[0].price = '9'.repeat(40)),
      'operations[0].components[0].price',
    ],
    [
      'an amount above the largest',
      (c) => (c.plans[0].allowance = '1000000000.001'),
      'plans[0].allowance',
    ],
    [
      'a fraction of units',
      (c) => (c.operations[0].components[0].per = 0.5),
      'operations[0].components[0].per',
    ],
    [
      'a price per no units',
      (c) => (c.operations[0].components[0].per = 0),
      'operations[0].components[0].per',
    ],
    [
      'an unknown unit',
      (c) => (c.operations[0].components[0].unit = 'tokens'),
      'operations[0].components[0].unit',
    ],
    [
      'a unit priced twice',
      (c) => (c.operations[0].components[1].unit = 'inputTokens'),
      'operations[0].components[1].unit',
    ],
    [
      'a unit priced and surcharged',
      (c) => (c.operations[0].surcharges[0].unit = 'outputTokens'),
      'operations[0].surcharges[0].unit',
    ],
    ['a zero increment', (c) => (c.operations[0].increment = '0'), 'operations[0].increment'],
    [
      'a maximum below the minimum',
      (c) => (c.operations[0].maximum = '39'),
      'operations[0].maximum',
    ],
    [
      'a maximum between increments',
      (c) => (c.operations[0].maximum = '400.5'),
      'operations[0].maximum',
    ],
    [
      'a minimum between increments',
      (c) => (c.operations[0].minimum = '0.5'),
      'operations[0].minimum',
    ],
    [
      'cached input above input',
      (c) => (c.operations[0].components[1].price = '10.001'),
      'operations[0].components[1].price',
    ],
    [
      'a negative limit',
      (c) => (c.operations[9].limits.characters = -1),
      'operations[9].limits.characters',
    ],
    [
      'a typical run beyond the limits',
      (c) => (c.operations[9].typical = { characters: 8_001 }),
      'operations[9].typical.characters',
    ],
    ['no components', (c) => (c.operations[0].components = []), 'operations[0].components'],
    ['an unknown field', (c) => (c.operations[0].discount = '1'), 'operations[0]'],
    ['two operations of one id', (c) => (c.operations[3].id = 'chat.fast'), 'operations[3].id'],
    ['two plans of one id', (c) => (c.plans[1].id = 'free'), 'plans[1].id'],
    ['two packs of one id', (c) => (c.packs[2].id = 'pack-500'), 'packs[2].id'],
    ['an unknown default plan', (c) => (c.defaultPlan = 'gold'), 'defaultPlan'],
    ['an id with spaces', (c) => (c.plans[0].id = 'Free plan'), 'plans[0].id'],
    ['money in fractions', (c) => (c.plans[1].price.amount = 19.99), 'plans[1].price.amount'],
    ['negative money', (c) => (c.packs[0].price.amount = -1), 'packs[0].price.amount'],
    ['an unwritten currency', (c) => (c.packs[0].price.currency = '$'), 'packs[0].price.currency'],
    ['an empty pack', (c) => (c.packs[0].credits = '0'), 'packs[0].credits'],
    ['a missing priority', (c) => delete c.priorities.pack, 'priorities.pack'],
    ['a priority of a source unheard of', (c) => (c.priorities.gift = 1), 'priorities'],
    ['overage before packs', (c) => (c.priorities.overage = 50), 'priorities.overage'],
    ['no plans', (c) => (c.plans = []), 'plans'],
    ['no operations', (c) => delete c.operations, 'operations'],
    ['a newer format', (c) => (c.format = 2), 'format'],
  ]

  test.each(bad)('%s', (_name, spoil, path) => {
    expect(problemsOf(spoil).map((problem) => problem.path)).toEqual([path])
  })

  test.each([null, undefined, 1, 'catalog', [], [[]], NaN])('%s in place of a catalog', (json) => {
    const result = readCatalog(json)
    expect(result).toMatchObject({ ok: false, problems: [{ path: '' }] })
  })

  test('several errors are reported together', () => {
    const problems = problemsOf((c) => {
      c.plans[0].allowance = '-5'
      c.operations[2].increment = 1
    })
    expect(problems.map(({ path }) => path)).toEqual([
      'plans[0].allowance',
      'operations[2].increment',
    ])
  })
})

describe('the shipped catalog', () => {
  const catalog = defaultCatalog()
  const plan = (id: string) => findPlan(catalog, id)

  test('has the plans and packs of the product', () => {
    expect(plan(catalog.defaultPlan)).toMatchObject({ id: 'free', packs: false })
    expect(catalog.plans.map(({ id, allowance, perSeat }) => [id, allowance, perSeat])).toEqual([
      ['free', credits('500'), false],
      ['creator', credits('5000'), false],
      ['super', credits('50000'), false],
      ['team', credits('2000'), true],
      ['enterprise', credits('0'), false],
    ])
    expect(catalog.packs.map((pack) => [pack.price.amount, pack.credits, pack.expiry])).toEqual([
      [2_000, credits('500'), { kind: 'pool', months: 12 }],
      [10_000, credits('2500'), { kind: 'pool', months: 12 }],
      [50_000, credits('12500'), { kind: 'pool', months: 12 }],
      [400, credits('100'), { kind: 'pool', months: 12 }],
    ])
    const byAmount = catalog.packs.find(({ quantity }) => quantity.maximum > 1)
    expect(byAmount).toMatchObject({ credits: credits('100') })
  })

  test('spends monthly credits first, packs last, and overage only after everything', () => {
    const { pack, overage, plan: monthly, ...others } = catalog.priorities
    expect(monthly).toBeLessThan(Math.min(...Object.values(others)))
    expect(pack).toBeGreaterThan(Math.max(...Object.values(others)))
    expect(overage).toBeGreaterThan(pack)
  })

  const inRange: readonly [string, readonly Units[], string, string][] = [
    [
      'chat.fast',
      [
        { inputTokens: 20, outputTokens: 5 },
        { inputTokens: 3_000, outputTokens: 1_500 },
        { inputTokens: 90_000, outputTokens: 8_000 },
      ],
      '40',
      '400',
    ],
    [
      'chat.expert',
      [
        { inputTokens: 20, outputTokens: 5 },
        { inputTokens: 4_000, outputTokens: 3_000 },
        { inputTokens: 90_000, outputTokens: 16_000 },
      ],
      '100',
      '1000',
    ],
    [
      'request.standard',
      [
        { inputTokens: 20, outputTokens: 5 },
        { inputTokens: 2_000, outputTokens: 1_500 },
        { inputTokens: 90_000, outputTokens: 8_000 },
      ],
      '2',
      '10',
    ],
    [
      'request.advanced',
      [
        { inputTokens: 20, outputTokens: 5 },
        { inputTokens: 2_000, outputTokens: 1_500 },
        { inputTokens: 90_000, outputTokens: 8_000 },
      ],
      '10',
      '40',
    ],
    ['speech', [{ characters: 1 }, { characters: 3_500 }, { characters: 8_000 }], '10', '80'],
  ]

  test.each(inRange)(
    '%s charges from the low to the high end of its range',
    (id, runs, low, high) => {
      const rate = findOperation(catalog, id)!
      const amounts = runs.map((units) => priceUnits(rate, units).amount)
      expect(amounts[0]).toBe(credits(low))
      expect(amounts[1]).toBeGreaterThan(credits(low))
      expect(amounts[1]).toBeLessThan(credits(high))
      expect(amounts[2]).toBe(credits(high))
    },
  )

  test.each(['chat.fast', 'chat.expert', 'request.standard', 'request.advanced'])(
    'a web search adds 15 to %s, at its cap too',
    (id) => {
      const rate = findOperation(catalog, id)!
      for (const outputTokens of [1, 1_000, 1_000_000]) {
        const plain = priceUnits(rate, { outputTokens }).amount
        expect(priceUnits(rate, { outputTokens, searches: 1 }).amount - plain).toBe(15_000)
        expect(priceUnits(rate, { outputTokens, searches: 3 }).amount - plain).toBe(45_000)
      }
    },
  )

  test.each([
    ['extraction', { pages: 3 }, '24'],
    ['image.standard', { images: 2 }, '100'],
    ['image.standard', { images: 2, inputTokens: 400 }, '101'],
    ['image.advanced', { images: 1 }, '150'],
    ['video.standard', { seconds: 4 }, '800'],
    ['video.advanced', { seconds: 4, inputTokens: 1_000 }, '2002'],
  ] as const)('%s of %o costs %s', (id, units, amount) => {
    expect(priceUnits(findOperation(catalog, id)!, units).amount).toBe(credits(amount))
  })

  test('does not speak a text beyond 8,000 characters', () => {
    expect(quoteOperation(catalog, 'speech', {}, { characters: 8_001 })).toEqual({
      ok: false,
      code: 'over_limit',
      unit: 'characters',
      limit: 8_000,
    })
    expect(quoteOperation(catalog, 'speech', {}, { characters: 8_000 }).ok).toBe(true)
  })

  test('has exactly the operations that the product knows', () => {
    expect(catalog.operations.map(({ id }) => id)).toEqual([
      'chat.fast',
      'chat.expert',
      'request.standard',
      'request.advanced',
      'extraction',
      'image.standard',
      'image.advanced',
      'video.standard',
      'video.advanced',
      'speech',
    ])
  })
})
