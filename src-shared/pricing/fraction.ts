/** Exact sums of prices, and their one rounding. */

import { type Credits, MAX_AMOUNT, millicredits } from '../credits/amount.ts'

/** An exact non-negative number of millicredits. */
export interface Fraction {
  readonly numerator: bigint
  readonly denominator: bigint
}

export function whole(amount: Credits): Fraction {
  return { numerator: BigInt(amount), denominator: 1n }
}

export function add(left: Fraction, right: Fraction): Fraction {
  if (left.denominator === right.denominator) {
    return { numerator: left.numerator + right.numerator, denominator: left.denominator }
  }
  return {
    numerator: left.numerator * right.denominator + right.numerator * left.denominator,
    denominator: left.denominator * right.denominator,
  }
}

export function isLess(left: Fraction, right: Fraction): boolean {
  return left.numerator * right.denominator < right.numerator * left.denominator
}

export function percentOf({ numerator, denominator }: Fraction, percent: number): Fraction {
  return { numerator: numerator * BigInt(percent), denominator: denominator * 100n }
}

/** Rounded up to the increment, at most `MAX_AMOUNT`. */
export function roundCredits(sum: Fraction, increment: Credits): Credits {
  const amount = roundUp(sum, increment)
  return amount > MAX_AMOUNT ? MAX_AMOUNT : millicredits(Number(amount))
}

function roundUp({ numerator, denominator }: Fraction, increment: Credits): bigint {
  const step = denominator * BigInt(increment)
  return ((numerator + step - 1n) / step) * BigInt(increment)
}
