/** The loaded part of the usage table, newest first, as pages and live changes come in. */

import type { UsageFilter } from '#shared/usage/filter.ts'
import type { LabelEdit } from '#shared/usage/labels.ts'
import { matchesFilter } from '#shared/usage/match.ts'
import type { UsagePage, UsageRow } from '#shared/usage/views.ts'

export interface LoadedRows {
  readonly rows: readonly UsageRow[]
  /** Where the next page goes on; null at the end. */
  readonly nextBefore: number | null
}

export const NO_ROWS: LoadedRows = { rows: [], nextBefore: null }

/** Adds an older page at the end. Rows already there are not doubled. */
export function appendPage(loaded: LoadedRows, page: UsagePage): LoadedRows {
  const last = loaded.rows.at(-1)?.sequence ?? Number.POSITIVE_INFINITY
  const older = page.rows.filter(({ sequence }) => sequence < last)
  return { rows: [...loaded.rows, ...older], nextBefore: page.nextBefore }
}

/**
 * Lays a freshly read first page over what is loaded: new rows come on top, changed ones are
 * replaced, ones that no longer match are gone; older rows stay. When the page does not reach down
 * to what was loaded, the gap cannot be known and only the page remains.
 */
export function refreshFirstPage(loaded: LoadedRows, page: UsagePage): LoadedRows {
  const lowest = page.rows.at(-1)?.sequence
  if (page.nextBefore === null || lowest === undefined) return page
  const highest = loaded.rows[0]?.sequence
  if (highest === undefined || highest < lowest) return page
  const older = loaded.rows.filter(({ sequence }) => sequence < lowest)
  if (older.length === 0) return page
  return { rows: [...page.rows, ...older], nextBefore: loaded.nextBefore }
}

/** Puts a changed row in its place, or takes it out when it no longer matches the filter. */
export function replaceRow(
  loaded: LoadedRows,
  operationId: string,
  row: UsageRow | null,
): LoadedRows {
  const rows = row
    ? loaded.rows.map((each) => (each.operationId === operationId ? row : each))
    : loaded.rows.filter((each) => each.operationId !== operationId)
  return { ...loaded, rows }
}

/** The rows with what people wrote beside them a moment ago; those that match no more are gone. */
export function relabelRows(
  loaded: LoadedRows,
  operationIds: readonly string[],
  { subject, note }: LabelEdit,
  filter: UsageFilter,
): LoadedRows {
  const changed = new Set(operationIds)
  const rows = loaded.rows
    .map((row) =>
      changed.has(row.operationId)
        ? { ...row, subject: subject ?? row.subject, note: note ?? row.note }
        : row,
    )
    .filter((row) => !changed.has(row.operationId) || matchesFilter(filter, row))
  return { ...loaded, rows }
}

/** How many rows came in above the one that was on top: by so much the scroll moves to stay put. */
export function rowsAbove(rows: readonly UsageRow[], operationId: string | null): number {
  if (operationId === null) return 0
  const index = rows.findIndex((row) => row.operationId === operationId)
  return index < 0 ? 0 : index
}
