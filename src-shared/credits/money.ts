import type { Credits } from './amount.ts'

/** Money: a whole number of the currency's minor unit, and its ISO 4217 code. Never a float. */
export interface Money {
  readonly amount: number
  readonly currency: string
}

/** The price of `credits` at a price per hundred, rounded to the nearest minor unit. */
export function priceAtHundred(credits: Credits, { amount, currency }: Money): Money {
  const millis = BigInt(credits) * BigInt(amount)
  return { amount: Number((millis + HALF) / A_HUNDRED), currency }
}

const A_HUNDRED = 100_000n
const HALF = A_HUNDRED / 2n
