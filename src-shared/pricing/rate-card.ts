/**
 * The rate card: units in, credits out (design: words, promise). Sums are exact fractions of
 * integers, rounded once per charge.
 */

import { type Credits, MAX_AMOUNT, millicredits, subtractCredits, ZERO } from '../credits/amount.ts'
import { type Catalog, findOperation } from '../catalog/catalog.ts'
import type { OperationRate, RateComponent } from '../catalog/rates.ts'
import { UNIT_NAMES, type UnitName, type Units } from '../credits/units.ts'
import { add, type Fraction, isLess, percentOf, roundCredits, whole } from './fraction.ts'
import { quickAmount } from './quick-amount.ts'

/** One line of a price: `units` at `price` credits for every `per`. */
export interface PriceLine {
  readonly unit: UnitName
  readonly units: number
  readonly price: Credits
  readonly per: number
  /** Added on top, unaffected by the minimum and the maximum. */
  readonly surcharge: boolean
}

/** What running somebody else's recipe adds to a charge: the creator's part of its amount. */
export interface Premium {
  /** Of the base, before rounding. */
  readonly percent: number
  /** Exactly the difference from the charge for the same units without a premium. */
  readonly amount: Credits
}

/**
 * What a run costs and how that was computed: lines, minimum and maximum, premium, then rounding.
 */
export interface Charge {
  readonly amount: Credits
  readonly lines: readonly PriceLine[]
  /** Part of `amount`; absent where no premium is due. */
  readonly premium?: Premium
  /**
   * What decided the amount: the lines themselves; the catalog's minimum or maximum, in place of
   * the lines that are not surcharges; the hold; or that nothing with a price was delivered.
   */
  readonly decidedBy: 'lines' | 'minimum' | 'maximum' | 'hold' | 'nothing'
}

/**
 * What is promised before a run, as recorded in the journal. The charge never exceeds `maximum`.
 */
export interface QuotedPrice {
  readonly operation: string
  readonly operationName: string
  /** The run is charged at its rate in this version, whichever comes into force meanwhile. */
  readonly catalogVersion: string
  readonly expected: Credits
  readonly maximum: Credits
  readonly expectedUnits: Units
  readonly maximumUnits: Units
  /** The part of `expected` and `maximum` that goes to a recipe's creator; absent if none does. */
  readonly premium?: QuotedPremium
}

export interface QuotedPremium {
  readonly percent: number
  readonly expected: Credits
  readonly maximum: Credits
}

/** A price shown before a run, with the rate it was computed from (design: promise). */
export interface Quote extends QuotedPrice {
  readonly rate: OperationRate
}

/** The part of a quote that is recorded; the rate itself is in its catalog. */
export function quotedPrice({ rate: _rate, ...price }: Quote): QuotedPrice {
  return price
}

/**
 * The exact price of `units`: the components are summed and clamped to the rate's minimum and
 * maximum, the surcharges are added, and the sum is rounded up to the increment, once. Units
 * without a price cost nothing; if no unit with a price was delivered, the amount is zero. Cached
 * input counts as input if the rate has no price for it. Never above `MAX_AMOUNT`. `premiumPercent`
 * of the sum is added before the rounding (conformance: creator-platform 4). Throws a RangeError on
 * a count that is not a whole number ≥ 0.
 */
export function priceUnits(rate: OperationRate, units: Units, premiumPercent = 0): Charge {
  const lines = priceLines(rate, units)
  if (lines.length === 0) return { amount: ZERO, lines, decidedBy: 'nothing' }
  const components = sumLines(lines.filter(({ surcharge }) => !surcharge))
  const surcharges = sumLines(lines.filter(({ surcharge }) => surcharge))
  const minimum = whole(rate.minimum)
  const maximum = whole(rate.maximum ?? MAX_AMOUNT)
  let base = components
  let decidedBy: Charge['decidedBy'] = 'lines'
  if (isLess(components, minimum)) [base, decidedBy] = [minimum, 'minimum']
  else if (isLess(maximum, components)) [base, decidedBy] = [maximum, 'maximum']
  const sum = add(base, surcharges)
  const compute = roundCredits(sum, rate.increment)
  if (compute === MAX_AMOUNT) decidedBy = 'maximum'
  if (premiumPercent === 0) return { amount: compute, lines, decidedBy }
  const amount = roundCredits(percentOf(sum, 100 + premiumPercent), rate.increment)
  const premium = { percent: premiumPercent, amount: subtractCredits(amount, compute) }
  return { amount, lines, premium, decidedBy }
}

/**
 * The amount of `priceUnits` alone, computed in plain numbers where these are exact, which is
 * several times as fast, and by `priceUnits` where they are not.
 */
export function priceAmount(rate: OperationRate, units: Units, premiumPercent = 0): Credits {
  const quick = premiumPercent === 0 ? quickAmount(rate, countsFor(rate, units)) : null
  return quick ?? priceUnits(rate, units, premiumPercent).amount
}

function priceLines(rate: OperationRate, units: Units): readonly PriceLine[] {
  const counts = countsFor(rate, units)
  const line = (component: RateComponent, surcharge: boolean): PriceLine => ({
    unit: component.unit,
    units: counts[component.unit] ?? 0,
    price: component.price,
    per: component.per,
    surcharge,
  })
  return [
    ...rate.components.map((component) => line(component, false)),
    ...rate.surcharges.map((component) => line(component, true)),
  ].filter((candidate) => candidate.units > 0)
}

/** Validated counts, with cached input added to input if the rate does not price it separately. */
function countsFor(rate: OperationRate, units: Units): Units {
  for (const unit of UNIT_NAMES) {
    const count = units[unit] ?? 0
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new RangeError(`Not a count of ${unit}: ${count}`)
    }
  }
  const pricesCached = [...rate.components, ...rate.surcharges].some(
    ({ unit }) => unit === 'cachedInputTokens',
  )
  if (pricesCached || !units.cachedInputTokens) return units
  return { ...units, inputTokens: (units.inputTokens ?? 0) + units.cachedInputTokens }
}

function sumLines(lines: readonly PriceLine[]): Fraction {
  return lines.reduce<Fraction>(
    (sum, { units, price, per }) =>
      add(sum, { numerator: BigInt(units) * BigInt(price), denominator: BigInt(per) }),
    { numerator: 0n, denominator: 1n },
  )
}

/**
 * One line in millicredits, rounded up: for reading only. Charges are rounded from the exact sum of
 * the lines, so these need not add up to the charge.
 */
export function lineAmount(line: PriceLine): Credits {
  return roundCredits(sumLines([line]), millicredits(1))
}

/**
 * What the delivered units cost at the promised price: never above its maximum, in which case the
 * premium is that of the maximum (design: promise).
 */
export function chargeWithin(
  rate: OperationRate,
  promise: Pick<Quote, 'maximum' | 'premium'>,
  units: Units,
): Charge {
  const { maximum, premium } = promise
  const charge = priceUnits(rate, units, premium?.percent)
  if (charge.amount <= maximum) return charge
  const cut: Charge = { ...charge, amount: maximum, decidedBy: 'hold' }
  if (!premium) return cut
  return { ...cut, premium: { percent: premium.percent, amount: premium.maximum } }
}

export type QuoteResult =
  | { readonly ok: true; readonly quote: Quote }
  | { readonly ok: false; readonly code: 'unknown_operation'; readonly operation: string }
  | {
      readonly ok: false
      readonly code: 'over_limit'
      readonly unit: UnitName
      readonly limit: number
    }

/**
 * Prices a run before it starts. `expected` is capped by `maximum` unit by unit, so a quote never
 * expects more than its maximum. `premiumPercent` is what a recipe's creator gets on top. Refused
 * if the catalog does not price the operation, or if `maximum` asks for more of a unit than one run
 * may use.
 */
export function quoteOperation(
  catalog: Catalog,
  operationId: string,
  expected: Units,
  maximum: Units,
  premiumPercent = 0,
): QuoteResult {
  const rate = findOperation(catalog, operationId)
  if (!rate) return { ok: false, code: 'unknown_operation', operation: operationId }
  for (const unit of UNIT_NAMES) {
    const limit = rate.limits?.[unit]
    if (limit !== undefined && (maximum[unit] ?? 0) > limit) {
      return { ok: false, code: 'over_limit', unit, limit }
    }
  }
  const names = {
    operation: rate.id,
    operationName: rate.name,
    catalogVersion: catalog.version,
  }
  const prices = quotePrices(rate, cutTo(expected, maximum), maximum, premiumPercent)
  return { ok: true, quote: { ...names, rate, ...prices } }
}

/** The prices of a quote, from its expected and maximum units. */
export function quotePrices(
  rate: OperationRate,
  expectedUnits: Units,
  maximumUnits: Units,
  premiumPercent = 0,
): Pick<Quote, 'expected' | 'maximum' | 'expectedUnits' | 'maximumUnits' | 'premium'> {
  const expected = priceUnits(rate, expectedUnits, premiumPercent)
  const maximum = priceUnits(rate, maximumUnits, premiumPercent)
  const prices = {
    expected: expected.amount,
    maximum: maximum.amount,
    expectedUnits,
    maximumUnits,
  }
  if (premiumPercent === 0) return prices
  const premium: QuotedPremium = {
    percent: premiumPercent,
    expected: expected.premium?.amount ?? ZERO,
    maximum: maximum.premium?.amount ?? ZERO,
  }
  return { ...prices, premium }
}

function cutTo(units: Units, ceiling: Units): Units {
  const cut: Partial<Record<UnitName, number>> = {}
  for (const unit of UNIT_NAMES) {
    const count = Math.min(units[unit] ?? 0, ceiling[unit] ?? 0)
    if (count !== 0) cut[unit] = count
  }
  return cut
}

/**
 * The most of `unit` that can be added to `base` for a price of at most `limit`: between 1 and
 * `ceiling`, or null if not even one fits. Tells how long a reply the balance affords.
 */
export function largestAffordableOutput(
  rate: OperationRate,
  base: Units,
  unit: UnitName,
  limit: Credits,
  ceiling: number,
  premiumPercent = 0,
): number | null {
  const fits = (count: number) =>
    priceUnits(rate, { ...base, [unit]: (base[unit] ?? 0) + count }, premiumPercent).amount <= limit
  if (ceiling < 1 || !fits(1)) return null
  if (fits(ceiling)) return ceiling
  // A price never falls as units grow: search between one count that fits and one that does not.
  let [low, high] = [1, ceiling]
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2)
    if (fits(middle)) low = middle
    else high = middle
  }
  return low
}
