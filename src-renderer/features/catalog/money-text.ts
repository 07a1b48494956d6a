/** Prices as people type them, and as catalogs hold them: whole minor units. */

import type { Json } from './document.ts'

/** How many decimals a currency has; two where it is none that is known. */
function decimalsOf(currency: string): number {
  try {
    const { maximumFractionDigits } = new Intl.NumberFormat('en', {
      style: 'currency',
      currency,
    }).resolvedOptions()
    return maximumFractionDigits ?? 2
  } catch {
    return 2
  }
}

/** `2550` of USD → `25.50`. What is no amount reads as it is. */
export function amountText(amount: Json | undefined, currency: string): string {
  if (typeof amount !== 'number') return typeof amount === 'string' ? amount : ''
  if (!Number.isSafeInteger(amount)) return String(amount)
  const decimals = decimalsOf(currency)
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals)
  const fraction = digits.slice(digits.length - decimals)
  const sign = amount < 0 ? '-' : ''
  return /^0*$/.test(fraction) ? `${sign}${whole}` : `${sign}${whole}.${fraction}`
}

/** `25.5` of USD → `2550`, without passing through a float. What is no amount stays text. */
export function readAmount(text: string, currency: string): Json {
  const decimals = decimalsOf(currency)
  const match = /^(\d{1,12})(?:\.(\d+))?$/.exec(text.trim())
  const [, whole = '', fraction = ''] = match ?? []
  if (!match || fraction.length > decimals) return text
  return Number(`${whole}${fraction.padEnd(decimals, '0')}`)
}
