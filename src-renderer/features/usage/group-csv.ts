/** The grouped usage table as CSV (RFC 4180): the groups as shown, and all of them. */

import { creditsToDecimal } from '#shared/credits/amount.ts'
import type { UsageGrouping } from '#shared/usage/filter.ts'
import { GROUPING_LABELS, type GroupTable } from './group-table.ts'

/** Days stay `YYYY-MM-DD`; other groups go by the name that is shown. */
export function groupsToCsv(
  { rows }: GroupTable,
  by: UsageGrouping,
  nameOf: (group: GroupTable['rows'][number]) => string,
): string {
  const head = [GROUPING_LABELS[by], 'Operations', 'Credits']
  const lines = rows.map((row) => [
    by === 'day' ? row.key : nameOf(row),
    String(row.operations),
    creditsToDecimal(row.charged),
  ])
  return [head, ...lines].map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('')
}

/** Quoted where needed; a cell that a spreadsheet would run as a formula gets an apostrophe. */
function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?\d+(\.\d+)?$/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
