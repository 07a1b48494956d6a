/** What operations have in common (`series`), and their sums by day and by month. */

import type { DatabaseSync } from 'node:sqlite'
import type { OperationFacts } from '#shared/journal/journal.ts'
import type { UsageStatus } from '#shared/usage/filter.ts'
import type { DayClock } from './local-day.ts'

/** What makes a series, in the order of its columns. */
export const SERIES_COLUMNS = [
  'subject',
  'model_id',
  'operation',
  'studio',
  'provider_id',
  'operation_name',
  'provider_name',
  'model_name',
] as const

/** One value for each of `SERIES_COLUMNS`. */
export type SeriesNames = readonly string[]

export function namesOf(facts: OperationFacts, subject: string): SeriesNames {
  const { modelId, studio, providerId, providerName, modelName, quote } = facts
  const { operation, operationName } = quote
  return [subject, modelId, operation, studio, providerId, operationName, providerName, modelName]
}

/** Finds or makes series, and caches them; call `forget` when a transaction is rolled back. */
export function createSeries(db: DatabaseSync) {
  const conditions = SERIES_COLUMNS.map((column) => `${column} = ?`).join(' AND ')
  const find = db.prepare(`SELECT id FROM series WHERE ${conditions}`)
  const insert = db.prepare(
    `INSERT INTO series (${SERIES_COLUMNS.join(', ')}) VALUES (${SERIES_COLUMNS.map(() => '?').join(', ')})`,
  )
  const known = new Map<string, number>()

  function idOf(names: SeriesNames): number {
    const key = names.join('\u0000')
    let id = known.get(key)
    if (id === undefined) {
      const found = find.get(...names) as { id: number } | undefined
      id = found?.id ?? Number(insert.run(...names).lastInsertRowid)
      if (known.size >= 10_000) known.clear()
      known.set(key, id)
    }
    return id
  }
  return { idOf, forget: () => known.clear() }
}

/** An ended operation as the rollups count it. */
export interface Counted {
  /** Of its hold. */
  readonly sequence: number
  readonly at: number
  readonly operation: string
  readonly series: number
  readonly status: UsageStatus
  readonly charged: number
}

export function createRollup(db: DatabaseSync, days: DayClock) {
  const addToDay = db.prepare(
    `INSERT INTO usage_day
       (day, operation, series, status, operations, charged, first_sequence, last_sequence)
     VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?6)
     ON CONFLICT DO UPDATE SET operations = operations + 1, charged = charged + ?5,
       first_sequence = min(first_sequence, ?6), last_sequence = max(last_sequence, ?6)`,
  )
  const addToMonth = db.prepare(
    `INSERT INTO usage_month (month, series, status, operations, charged)
     VALUES (?1, ?2, ?3, 1, ?4)
     ON CONFLICT DO UPDATE SET operations = operations + 1, charged = charged + ?4`,
  )
  return {
    add({ at, sequence, operation, series, status, charged }: Counted): void {
      const day = days.dayOf(at)
      addToDay.run(day, operation, series, status, charged, sequence)
      addToMonth.run(day.slice(0, 7), series, status, charged)
    },
  }
}

/** Takes operations out of the rollups; they must already have left their old series. */
export function takeFromRollups(db: DatabaseSync, days: DayClock, left: readonly Counted[]): void {
  const takeFromDay = db.prepare(
    `UPDATE usage_day SET operations = operations - 1, charged = charged - ?
     WHERE day = ? AND operation = ? AND series = ? AND status = ?`,
  )
  const takeFromMonth = db.prepare(
    `UPDATE usage_month SET operations = operations - 1, charged = charged - ?
     WHERE month = ? AND series = ? AND status = ?`,
  )
  const rows = new Map<string, readonly [string, string, number, UsageStatus]>()
  for (const { at, operation, series, status, charged } of left) {
    const day = days.dayOf(at)
    takeFromDay.run(charged, day, operation, series, status)
    takeFromMonth.run(charged, day.slice(0, 7), series, status)
    rows.set([day, operation, series, status].join('\u0000'), [day, operation, series, status])
  }
  tidy(db, [...rows.values()])
}

/** Deletes empty rows, and recomputes the range of sequences the others count. */
function tidy(
  db: DatabaseSync,
  rows: readonly (readonly [string, string, number, UsageStatus])[],
): void {
  const row = 'WHERE day = ?1 AND operation = ?2 AND series = ?3 AND status = ?4'
  const dropDay = db.prepare(`DELETE FROM usage_day ${row} AND operations = 0`)
  const dropMonth = db.prepare(
    'DELETE FROM usage_month WHERE month = ? AND series = ? AND status = ? AND operations = 0',
  )
  const narrow = db.prepare(
    `UPDATE usage_day SET (first_sequence, last_sequence) =
       (SELECT min(sequence), max(sequence) FROM operation
        WHERE sequence BETWEEN first_sequence AND last_sequence
          AND operation.series = ?3 AND operation.status = ?4)
     ${row}`,
  )
  for (const [day, operation, series, status] of rows) {
    dropDay.run(day, operation, series, status)
    dropMonth.run(day.slice(0, 7), series, status)
    narrow.run(day, operation, series, status)
  }
}
