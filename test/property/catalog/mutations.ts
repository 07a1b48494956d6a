/** Spoils a catalog in any place: values out of range, missing, doubled, renamed, of elsewhere. */

import fc from 'fast-check'
import { catalogJson, SHIPPED_CATALOGS } from '../../support/shipped-catalogs.ts'

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Every place in a document, as paths. */
function placesIn(json: Json, path: readonly (string | number)[] = []): (string | number)[][] {
  if (json === null || typeof json !== 'object') return [[...path]]
  const inside = Array.isArray(json)
    ? json.flatMap((item, index) => placesIn(item, [...path, index]))
    : Object.entries(json).flatMap(([key, item]) => placesIn(item, [...path, key]))
  return [[...path], ...inside]
}

/** Every value that a shipped catalog has somewhere: right there, perhaps wrong elsewhere. */
const shippedValues = SHIPPED_CATALOGS.flatMap((name) => {
  const json = catalogJson(name) as Json
  return placesIn(json).map((path) => valueAt(json, path))
})

function valueAt(json: Json, path: readonly (string | number)[]): Json {
  return path.reduce<Json>((inside, step) => (inside as Record<string | number, Json>)[step]!, json)
}

const spoiler = fc.oneof(
  fc.constantFrom<unknown>(
    ...[null, undefined, '', '-1', '0', '0.5', '0.0001', '1e9', '999999999999', '1000000000'],
    ...['NaN', NaN, Infinity, -1, 0, 0.1, 1, 2 ** 53, true, [], {}, '__proto__', 'free', 'all'],
    ...['chat.fast', 'inputTokens', 'each', 'overage', '2028-02-30', '9999-12-31'],
  ),
  fc.integer({ min: 0, max: 2_000_000_000 }),
  fc.integer({ min: 0, max: 999_999_999 }).map(String),
  fc.jsonValue(),
)

export const mutation = fc.record({
  place: fc.nat(),
  how: fc.constantFrom('replace', 'swap-in', 'nudge', 'nudge', 'delete', 'repeat', 'rename'),
  value: spoiler,
  other: fc.nat(shippedValues.length - 1),
})
export type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never

/** Applies one mutation somewhere in the document and returns the document. */
export function mutate(json: Json, { place, how, value, other }: Mutation): Json {
  const places = placesIn(json)
  const path = places[place % places.length]!
  const key = path.at(-1)
  const another = structuredClone(shippedValues[other]!)
  const put = how === 'swap-in' ? another : how === 'nudge' ? nudged(valueAt(json, path)) : value
  const replaces = how === 'replace' || how === 'swap-in' || how === 'nudge'
  if (key === undefined) return replaces && how !== 'nudge' ? (put as Json) : json
  const parent = valueAt(json, path.slice(0, -1)) as Record<string | number, Json>
  if (replaces) parent[key] = put as Json
  else if (how === 'repeat' && Array.isArray(parent))
    parent.push(structuredClone(parent[Number(key)]))
  else if (how === 'rename') [parent[`${key}x`], parent[key]] = [parent[key]!, null]
  else Reflect.deleteProperty(parent, key)
  return json
}

/** A little more or less of the same kind, which is likely to be right still. */
function nudged(value: Json): Json {
  if (typeof value === 'number') return value + 1
  if (typeof value === 'boolean') return !value
  if (typeof value !== 'string') return value
  return /^\d+$/.test(value) ? String(Number(value) * 10) : `${value}2`
}
