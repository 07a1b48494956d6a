/** Prices in plain numbers: exact where it returns one, and several times as fast as fractions. */

import { type Credits, MAX_AMOUNT, millicredits, ZERO } from '../credits/amount.ts'
import type { Units } from '../credits/units.ts'
import type { OperationRate, RateComponent } from '../catalog/rates.ts'

/**
 * The amount in whole millicredits over the product of the components' `per`, as long as every step
 * stays a safe integer; null when one does not.
 */
export function quickAmount(rate: OperationRate, counts: Units): Credits | null {
  const denominator = commonDenominator(rate)
  const components = quickSum(rate.components, counts, denominator)
  const surcharges = quickSum(rate.surcharges, counts, denominator)
  if (components < 0 && surcharges < 0) return ZERO
  const minimum = rate.minimum * denominator
  const maximum = rate.maximum === undefined ? Infinity : rate.maximum * denominator
  const base = Math.min(Math.max(components, 0, minimum), maximum)
  const sum = base + Math.max(surcharges, 0)
  const step = denominator * rate.increment
  // NaN once any step before it was not exact.
  if (!Number.isSafeInteger(sum + step)) return null
  const rest = sum % step
  const amount = ((rest === 0 ? sum : sum - rest + step) / step) * rate.increment
  return amount > MAX_AMOUNT ? MAX_AMOUNT : millicredits(amount)
}

/** The least common multiple of all `per`; NaN where that is not exact. */
function commonDenominator({ components, surcharges }: OperationRate): number {
  let common = 1
  for (const list of [components, surcharges]) {
    for (const { per } of list)
      common = common % per === 0 ? common : common * (per / divisor(common, per))
  }
  return Number.isSafeInteger(common) ? common : Number.NaN
}

function divisor(left: number, right: number): number {
  while (right !== 0) [left, right] = [right, left % right]
  return left
}

/** −1 if none of it was delivered; NaN if the sum is not exact. */
function quickSum(
  components: readonly RateComponent[],
  counts: Units,
  denominator: number,
): number {
  let sum = -1
  for (const { unit, price, per } of components) {
    const count = counts[unit] ?? 0
    if (count === 0) continue
    const line = count * price * (denominator / per)
    const total = Math.max(sum, 0) + line
    if (!Number.isSafeInteger(count * price) || !Number.isSafeInteger(total)) return Number.NaN
    sum = total
  }
  return sum
}
