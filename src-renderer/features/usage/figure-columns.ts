/** How wide the table's columns of figures are, so that no figure is ever cut. */

import type { UsageRow } from '#shared/usage/views.ts'
import { formatCredits } from '../../kit/format.ts'

/** `12–40`; one figure when the price is sure. */
export function quoteText({ quoteExpected, quoteMaximum }: UsageRow): string {
  if (quoteExpected === quoteMaximum) return formatCredits(quoteMaximum)
  return `${formatCredits(quoteExpected)}–${formatCredits(quoteMaximum)}`
}

/** In widths of a digit. */
export interface FigureColumns {
  readonly quote: number
  readonly held: number
  readonly actual: number
}

/** A longer quote goes on in a second line after its dash. */
const LONGEST_LINE = 12

export function figureColumns(rows: readonly UsageRow[]): FigureColumns {
  let quote = 0
  let held = 0
  let actual = 0
  for (const row of rows) {
    quote = Math.max(quote, quoteWidth(quoteText(row)))
    held = Math.max(held, digits(formatCredits(row.held)))
    if (row.charged !== null) actual = Math.max(actual, digits(formatCredits(row.charged)))
  }
  return { quote, held, actual }
}

function quoteWidth(text: string): number {
  const whole = digits(text)
  return whole <= LONGEST_LINE ? whole : Math.max(...text.split('–').map(digits)) + 1
}

/** A comma or a point is half as wide as a digit, and a dash as wide. */
const digits = (text: string): number =>
  [...text].reduce((sum, sign) => sum + (sign === ',' || sign === '.' ? 0.5 : 1), 0)
