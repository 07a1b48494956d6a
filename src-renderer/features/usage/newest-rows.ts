/** The newest operations as a disposable copy: what a filter shows before the host has answered. */

import type { UsageFilter } from '#shared/usage/filter.ts'
import { matchesFilter } from '#shared/usage/match.ts'
import type { UsagePage, UsageRow } from '#shared/usage/views.ts'
import { type LoadedRows, NO_ROWS } from './usage-rows.ts'

export const MOST_KEPT = 2_000

/** The kept rows that match, and where the host goes on below them. */
export function previewOf(kept: LoadedRows, filter: UsageFilter): LoadedRows {
  const rows = kept.rows.filter((row) => matchesFilter(filter, row))
  return rows.length === 0 ? NO_ROWS : { rows, nextBefore: kept.nextBefore }
}

/**
 * Lays unfiltered pages, read from the top without a gap, over what is kept. Kept rows below stay
 * when they surely join on: the same operations where both overlap.
 */
export function keepNewest(kept: LoadedRows, read: UsagePage): LoadedRows {
  const older = joins(kept.rows, read) ? kept.rows.filter(isBelow(read)) : []
  const rows = [...read.rows, ...older]
  const nextBefore = older.length > 0 ? kept.nextBefore : read.nextBefore
  const trimmed = rows.slice(0, MOST_KEPT)
  const cut = rows.length > trimmed.length
  return { rows: trimmed, nextBefore: cut ? lowest(trimmed) : nextBefore }
}

/** Whether what was read from the top reaches all that may have changed since it was kept. */
export function reachesDown(kept: LoadedRows, read: UsagePage): boolean {
  if (read.nextBefore === null || read.rows.length >= MOST_KEPT) return true
  const running = kept.rows.findLast(({ status }) => status === 'running')
  const known = running?.sequence ?? kept.rows[0]?.sequence
  return known !== undefined && lowest(read.rows) <= known && joins(kept.rows, read)
}

/**
 * The host's first page over the preview: the rows below stay, unless one of them may have changed
 * or belongs to another history. `fresh`: what was kept is known to be as it is now.
 */
export function settlePreview(preview: LoadedRows, page: UsagePage, fresh: boolean): LoadedRows {
  if (page.nextBefore === null || !joins(preview.rows, page)) return page
  const older = preview.rows.filter(isBelow(page))
  const mayHaveChanged = !fresh && older.some(({ status }) => status === 'running')
  if (older.length === 0 || mayHaveChanged) return page
  return { rows: [...page.rows, ...older], nextBefore: preview.nextBefore }
}

const lowest = (rows: readonly UsageRow[]) => rows.at(-1)?.sequence ?? 0

const isBelow = (page: UsagePage) => {
  const floor = lowest(page.rows)
  return ({ sequence }: UsageRow) => sequence < floor
}

/** Whether the lowest row read is among the known: from there on they are the same. */
function joins(known: readonly UsageRow[], { rows }: UsagePage): boolean {
  const last = rows.at(-1)
  return known.some(
    ({ sequence, operationId }) => sequence === last?.sequence && operationId === last.operationId,
  )
}
