import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Catalog, readCatalog } from '#shared/catalog/catalog.ts'
import { priceUnits, quoteOperation } from '#shared/pricing/rate-card.ts'
import { MAX_UNIT_COUNT, UNIT_NAMES } from '#shared/credits/units.ts'
import { defaultCatalogJson } from '../../support/credits.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Every place in a document, as paths. */
function placesIn(json: Json, path: readonly (string | number)[] = []): (string | number)[][] {
  if (json === null || typeof json !== 'object') return [[...path]]
  const inside = Array.isArray(json)
    ? json.flatMap((item, index) => placesIn(item, [...path, index]))
    : Object.entries(json).flatMap(([key, item]) => placesIn(item, [...path, key]))
  return [[...path], ...inside]
}

const spoiler = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    '',
    '-1',
    '0',
    '0.5',
    '0.0001',
    '1e9',
    '999999999999',
    '1000000000',
    'NaN',
    NaN,
    Infinity,
    -1,
    0,
    0.1,
    1,
    2 ** 53,
    true,
    [],
    {},
    '__proto__',
    'free',
    'chat.fast',
    'inputTokens',
  ),
  fc.integer({ min: 0, max: 2_000_000_000 }),
  fc.integer({ min: 0, max: 999_999_999 }).map(String),
  fc.jsonValue(),
)

const mutation = fc.record({
  place: fc.nat(),
  how: fc.constantFrom('replace', 'replace', 'delete', 'repeat', 'rename'),
  value: spoiler,
})

/** Applies one mutation somewhere in the document and returns the document. */
function mutate(
  json: Json,
  { place, how, value }: typeof mutation extends fc.Arbitrary<infer T> ? T : never,
): Json {
  const places = placesIn(json)
  const path = places[place % places.length]!
  const key = path.at(-1)
  if (key === undefined) return how === 'replace' ? (value as Json) : json
  let parent = json as Record<string | number, Json>
  for (const step of path.slice(0, -1)) parent = parent[step] as Record<string | number, Json>
  if (how === 'replace') parent[key] = value as Json
  else if (how === 'repeat' && Array.isArray(parent))
    parent.push(structuredClone(parent[Number(key)]))
  else if (how === 'rename') [parent[`${key}x`], parent[key]] = [parent[key]!, null]
  else Reflect.deleteProperty(parent, key)
  return json
}

/** An accepted catalog must be usable: it prices every operation at any number of units. */
function use(catalog: Catalog): void {
  for (const rate of catalog.operations) {
    for (const count of [0, 1, 1_000, MAX_UNIT_COUNT]) {
      const units = Object.fromEntries(UNIT_NAMES.map((unit) => [unit, count]))
      expect(priceUnits(rate, units).amount).toBeGreaterThanOrEqual(0)
      const quoted = quoteOperation(catalog, rate.id, units, units)
      expect(quoted.ok || quoted.code === 'over_limit').toBe(true)
    }
  }
}

test('2,000 mutated catalogs are each refused with places, or usable', () => {
  const seen = { accepted: 0, refused: 0 }
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
      const json = mutations.reduce<Json>(mutate, defaultCatalogJson() as Json)
      const result = readCatalog(json)
      if (result.ok) {
        seen.accepted += 1
        use(result.catalog)
      } else {
        seen.refused += 1
        expect(result.problems.length).toBeGreaterThan(0)
        for (const problem of result.problems) expect(problem.message).not.toBe('')
      }
    }),
    { numRuns: 2_000 },
  )
  expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(20)
})
