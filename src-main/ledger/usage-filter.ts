/** Turns a usage filter into conditions for SQL. */

import type { DatabaseSync } from 'node:sqlite'
import type { Studio } from '#shared/credits/studios.ts'
import type { UsageFilter } from '#shared/usage/filter.ts'
import {
  type FilterableFacts,
  isFound,
  isListed,
  searchedId,
  searchWords,
} from '#shared/usage/match.ts'

/** What operations have in common (table `series`). */
export interface Series {
  readonly id: number
  readonly studio: string
  readonly operation: string
  readonly operation_name: string
  readonly provider_name: string
  readonly model_id: string
  readonly model_name: string
  readonly subject: string
}

/** A filter applied to one state of the ledger. Sequences are those of holds. */
export interface Narrowing {
  /** JSON array of series ids that match, for `json_each`. */
  readonly series: string
  /** Whether every series matches, so that no condition is needed. */
  readonly everySeries: boolean
  /** JSON array of operations that match by id though their series does not. */
  readonly named: string
  /** JSON array of statuses. */
  readonly statuses: string
  readonly fromSequence: number
  readonly toSequence: number
}

/** The most operation ids a search for the beginning of one may find. */
const MOST_NAMED = 200

export function narrow(db: DatabaseSync, filter: UsageFilter): Narrowing {
  const all = db.prepare('SELECT * FROM series').all() as unknown as readonly Series[]
  const listed = all.filter((series) => isListed(filter, factsOf(series)))
  const words = searchWords(filter.search)
  const matching = listed.filter((series) => isFound(words, factsOf(series))).map(({ id }) => id)
  const id = searchedId(words)
  const named = id === null ? [] : operationsNamed(db, id, listed, matching)
  return {
    series: JSON.stringify(matching),
    everySeries: matching.length === all.length,
    named: JSON.stringify(named),
    statuses: JSON.stringify(filter.statuses ?? ['running', 'settled', 'voided']),
    fromSequence: filter.from === undefined ? 0 : firstEntryAt(db, filter.from),
    toSequence: filter.to === undefined ? Number.MAX_SAFE_INTEGER : firstEntryAt(db, filter.to) - 1,
  }
}

export const WITHIN = 'sequence BETWEEN :fromSequence AND :toSequence'
export const OF_SERIES = 'series IN (SELECT value FROM json_each(:series))'
export const OF_STATUS = 'status IN (SELECT value FROM json_each(:statuses))'

/** The condition on rows of `operation` that match by their series or by their own id. */
export const NARROWED = `(${OF_SERIES} OR sequence IN (SELECT value FROM json_each(:named)))
  AND ${OF_STATUS}`

const factsOf = (series: Series): FilterableFacts => ({
  studio: series.studio as Studio,
  operation: series.operation,
  operationName: series.operation_name,
  modelId: series.model_id,
  modelName: series.model_name,
  providerName: series.provider_name,
  subject: series.subject,
})

/** Operations whose id begins with `start`, of the listed series that do not already match. */
function operationsNamed(
  db: DatabaseSync,
  start: string,
  listed: readonly Series[],
  matching: readonly number[],
): readonly number[] {
  const matched = new Set(matching)
  const others = listed.map(({ id }) => id).filter((id) => !matched.has(id))
  const rows = db
    .prepare(
      `SELECT operation.sequence FROM entry_place JOIN operation USING (sequence)
       WHERE entry_place.id >= ? AND entry_place.id < ?
         AND series IN (SELECT value FROM json_each(?)) LIMIT ${MOST_NAMED}`,
    )
    .all(start, `${start}\uffff`, JSON.stringify(others))
  return rows.map(({ sequence }) => Number(sequence))
}

/**
 * The sequence of the first entry whose time is `at` or later; one past the last if none is. The
 * journal's times never fall, so a binary search needs no index.
 */
export function firstEntryAt(db: DatabaseSync, at: number): number {
  const timeOf = db.prepare('SELECT at FROM entry WHERE sequence = ?')
  const { last } = db.prepare('SELECT coalesce(max(sequence), 0) AS last FROM entry').get() as {
    last: number
  }
  let low = 1
  let high = last + 1
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const row = timeOf.get(middle) as { at: number } | undefined
    if (row && row.at < at) low = middle + 1
    else high = middle
  }
  return low
}
