/** The price of one operation against its length, as points to draw. */

import { type Credits, ZERO } from '#shared/credits/amount.ts'
import type { OperationRate } from '#shared/catalog/rates.ts'
import { priceUnits } from '#shared/pricing/rate-card.ts'
import type { UnitName, Units } from '#shared/credits/units.ts'
import { lengthUnit } from './calculator.ts'

export interface PricePoint {
  readonly count: number
  readonly price: Credits
}

export interface PricePlot {
  readonly unit: UnitName
  /** From the smallest count to `end`, prices as they would be charged. */
  readonly points: readonly PricePoint[]
  readonly end: number
  /** Price at the right edge: the highest in the plot. */
  readonly top: Credits
}

const SAMPLES = 120
const COMMON_END: Readonly<Record<UnitName, number>> = {
  requests: 10,
  inputTokens: 10_000,
  cachedInputTokens: 10_000,
  outputTokens: 4_000,
  images: 8,
  seconds: 20,
  characters: 8_000,
  searches: 10,
  pages: 20,
}

/**
 * Prices the operation at counts of its length unit, the other units staying as given. The plot
 * reaches past the present count and past where the catalog's maximum sets in, if that is near.
 */
export function plotPrices(rate: OperationRate, units: Units): PricePlot {
  const unit = lengthUnit(rate)
  const end = plotEnd(rate, unit, units)
  const counts = sampleCounts(end)
  const points = counts.map((count) => ({ count, price: priceAt(rate, units, unit, count) }))
  return { unit, points, end, top: points.at(-1)?.price ?? ZERO }
}

export function priceAt(rate: OperationRate, units: Units, unit: UnitName, count: number): Credits {
  return priceUnits(rate, { ...units, [unit]: count }).amount
}

function plotEnd(rate: OperationRate, unit: UnitName, units: Units): number {
  const limit = rate.limits?.[unit]
  if (limit !== undefined && limit <= COMMON_END[unit] * 2) return limit
  const present = units[unit] ?? 0
  const component = rate.components.find((each) => each.unit === unit)
  const capped =
    rate.maximum !== undefined && component && component.price > 0
      ? Math.ceil((rate.maximum / component.price) * component.per * 1.2)
      : 0
  const common = COMMON_END[unit]
  const reach = Math.max(common, capped <= common * 5 ? capped : 0, Math.ceil(present * 1.25))
  return Math.min(roundUpNicely(reach), limit ?? reach * 2)
}

/** Up to the next number of two leading digits: 9,876 → 9,900. */
function roundUpNicely(count: number): number {
  const scale = 10 ** Math.max(0, String(count).length - 2)
  return Math.ceil(count / scale) * scale
}

/** Every count when they are few, else `SAMPLES` evenly spaced ones; from one to the end. */
function sampleCounts(end: number): readonly number[] {
  const last = Math.max(1, end)
  if (last <= SAMPLES) return Array.from({ length: last }, (_, index) => index + 1)
  return Array.from({ length: SAMPLES }, (_, index) =>
    Math.round(1 + (index * (last - 1)) / (SAMPLES - 1)),
  )
}
