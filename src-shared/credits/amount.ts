/**
 * Credit amounts. One credit is 1,000 millicredits; every amount in the product is a safe integer
 * number of millicredits, so sums are exact and rounding happens in one place only (rate-card.ts).
 */

declare const creditsBrand: unique symbol

/** A whole number of millicredits, possibly negative, always a safe integer. */
export type Credits = number & { readonly [creditsBrand]: 'millicredits' }

export const MILLICREDITS_PER_CREDIT = 1_000

/** Brands a number of millicredits. Throws a RangeError on anything but a safe integer. */
export function millicredits(value: number): Credits {
  if (!Number.isSafeInteger(value)) {
    throw new RangeError(`Not a whole number of millicredits: ${value}`)
  }
  return (value === 0 ? 0 : value) as Credits
}

export const ZERO = millicredits(0)

/**
 * The largest amount of one grant, price or charge. Thousands of them add up within the safe
 * integers.
 */
export const MAX_AMOUNT = millicredits(1_000_000_000 * MILLICREDITS_PER_CREDIT)

/** Adds amounts. Throws a RangeError if the sum leaves the safe integers. */
export function addCredits(...amounts: readonly Credits[]): Credits {
  let sum = 0
  for (const amount of amounts) sum = millicredits(sum + amount)
  return millicredits(sum)
}

/** `left − right`. Throws a RangeError if the difference leaves the safe integers. */
export function subtractCredits(left: Credits, right: Credits): Credits {
  return millicredits(left - right)
}

export function minCredits(left: Credits, right: Credits): Credits {
  return left < right ? left : right
}

const DECIMAL = /^(-?)(\d{1,12})(?:\.(\d{1,3}))?$/

/**
 * Reads a decimal number of credits, as catalogs write it (`"500"`, `"0.1"`), without passing
 * through a float. Returns null for anything else, including more than three decimals.
 */
export function parseCredits(text: string): Credits | null {
  const match = DECIMAL.exec(text)
  if (!match) return null
  const [, sign = '', whole = '0', fraction = ''] = match
  const value = Number(whole) * MILLICREDITS_PER_CREDIT + Number(fraction.padEnd(3, '0'))
  return millicredits(sign === '-' ? -value : value)
}

/** The shortest exact decimal of an amount, as a catalog or CSV holds it: `12`, `0.1`, `-3.25`. */
export function creditsToDecimal(amount: Credits): string {
  const magnitude = Math.abs(amount)
  const whole = Math.floor(magnitude / MILLICREDITS_PER_CREDIT)
  const fraction = String(magnitude % MILLICREDITS_PER_CREDIT)
    .padStart(3, '0')
    .replace(/0+$/, '')
  return `${amount < 0 ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`
}
