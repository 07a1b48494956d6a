/** The grouped usage table as CSV (RFC 4180): the groups as shown, and all of them. */

import { creditsToDecimal } from '#shared/credits/amount.ts'
import { csvLine } from '#shared/usage/csv.ts'
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
  return [head, ...lines].map(csvLine).join('')
}
