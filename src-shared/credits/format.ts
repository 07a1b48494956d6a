/** Amounts as people read them: exact, grouped, and with no more decimals than they have. */

import { type Credits, creditsToDecimal } from './amount.ts'
import type { Money } from './money.ts'

/** `1,250`, `0.5`, `-3.25`: all the decimals an amount has and not one more. */
export function formatCredits(amount: Credits): string {
  return inThousands(creditsToDecimal(amount))
}

/** `1,250` of whole things. */
export function formatCount(count: number): string {
  return inThousands(String(count))
}

/**
 * By hand: the first `Intl` object of a page or process takes as long to make as half of the first
 * screen takes to draw.
 */
function inThousands(decimal: string): string {
  return decimal.replace(/(?<!\.\d*)\B(?=(?:\d{3})+(?!\d))/g, ',')
}

/** `$20`, `$19.99`, `¥2,000`: minor units only where there are any. */
export function formatMoney({ amount, currency }: Money, locale = 'en'): string {
  const format = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    trailingZeroDisplay: 'stripIfInteger',
  })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 0
  const minor = String(amount).padStart(digits + 1, '0')
  const point = minor.length - digits
  return format.format(decimal(`${minor.slice(0, point)}.${minor.slice(point) || '0'}`))
}

/** Intl formats decimal text exactly; a number would go through a float. */
function decimal(text: string): Intl.StringNumericLiteral {
  return text as Intl.StringNumericLiteral
}
