/** Amounts as people read them: exact, grouped, and with no more decimals than they have. */

import { type Credits, creditsToDecimal } from './amount.ts'
import type { Money } from './money.ts'

/** `1,250`, `0.5`, `-3.25`: all the decimals an amount has and not one more. */
export function formatCredits(amount: Credits, locale = 'en'): string {
  return creditFormat(locale).format(decimal(creditsToDecimal(amount)))
}

/** Kept per locale: making one takes longer than formatting a page of a table with it. */
const creditFormats = new Map<string, Intl.NumberFormat>()

function creditFormat(locale: string): Intl.NumberFormat {
  const known = creditFormats.get(locale)
  if (known) return known
  const format = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 })
  creditFormats.set(locale, format)
  return format
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
