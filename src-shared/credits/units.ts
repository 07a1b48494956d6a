/** What an operation is measured in. A rate card prices these; a provider or the host counts them. */

import { z } from 'zod'

export const UNIT_NAMES = [
  'requests',
  'inputTokens',
  'cachedInputTokens',
  'outputTokens',
  'images',
  'seconds',
  'characters',
  'searches',
  'pages',
] as const

export type UnitName = (typeof UNIT_NAMES)[number]

/** Counts of units; a missing unit is zero. `inputTokens` excludes `cachedInputTokens`. */
export type Units = Readonly<Partial<Record<UnitName, number | undefined>>>

/** The largest count of one unit accepted from outside; more is a mistake or an attack. */
export const MAX_UNIT_COUNT = 1_000_000_000

const count = z.int().min(0).max(MAX_UNIT_COUNT)

/** Validates counts from outside: known units only, whole, never negative, never NaN. */
export const unitsSchema = z.strictObject({
  requests: count.optional(),
  inputTokens: count.optional(),
  cachedInputTokens: count.optional(),
  outputTokens: count.optional(),
  images: count.optional(),
  seconds: count.optional(),
  characters: count.optional(),
  searches: count.optional(),
  pages: count.optional(),
})
