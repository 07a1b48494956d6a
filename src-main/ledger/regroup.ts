/**
 * Regroups usage by the days of another time zone while the ledger is in use. The worker counts all
 * operations by the new days; the rollups are then swapped in one step, with what ended meanwhile.
 */

import type { DatabaseSync } from 'node:sqlite'
import { transaction } from '../files/transaction.ts'
import { openReader } from './database.ts'
import { createDayClock } from './local-day.ts'
import { type Counted, createRollup } from './rollup.ts'

/** Rows of `usage_day` by the days of a zone, as of a moment, and what they do not count yet. */
export interface Regrouped {
  readonly timeZone: string
  /** The last entry that the derived tables had. */
  readonly sequence: number
  /** Holds before it whose runs had not ended. */
  readonly running: readonly number[]
  readonly days: readonly DayRow[]
}

interface DayRow extends Omit<Counted, 'at' | 'sequence'> {
  readonly day: string
  operations: number
  charged: number
  readonly first: number
  last: number
}

const BATCH = 5_000

const ENDED = `SELECT operation.sequence, at, series.operation, series, status,
    coalesce(charged, 0) AS charged
  FROM operation JOIN series ON series.id = operation.series WHERE end_sequence IS NOT NULL`

/** Counts every ended operation. `breathe` is awaited every few milliseconds. */
export async function regroupUsage(
  file: string,
  timeZone: string,
  breathe: () => Promise<void>,
): Promise<Regrouped> {
  const db = openReader(file)
  try {
    db.exec('BEGIN')
    const { dayOf } = createDayClock(timeZone)
    const rows = new Map<string, DayRow>()
    const next = db.prepare(`${ENDED} AND sequence > ? ORDER BY sequence LIMIT ${BATCH}`)
    for (let after = 0; ;) {
      const operations = next.all(after) as unknown as readonly Counted[]
      for (const operation of operations) count(rows, dayOf(operation.at), operation)
      after = operations.at(-1)?.sequence ?? 0
      if (operations.length < BATCH) break
      await breathe()
    }
    const running = db.prepare('SELECT sequence FROM operation WHERE end_sequence IS NULL').all()
    const projected = db.prepare('SELECT sequence FROM projected').get()
    return {
      timeZone,
      sequence: Number(projected?.['sequence']),
      running: running.map(({ sequence }) => Number(sequence)),
      days: [...rows.values()],
    }
  } finally {
    db.close()
  }
}

function count(rows: Map<string, DayRow>, day: string, counted: Counted): void {
  const { sequence, operation, series, status, charged } = counted
  const key = `${day} ${series} ${status}`
  const row = rows.get(key)
  if (!row) {
    const of = { day, operation, series, status }
    rows.set(key, { ...of, operations: 1, charged, first: sequence, last: sequence })
    return
  }
  row.operations += 1
  row.charged += charged
  row.last = sequence
}

/**
 * Swaps in the new groups. The derived tables must be up to date with the journal, and no operation
 * may have moved to another series since they were counted. Throws SQLite's errors, and then
 * changes nothing.
 */
export function exchangeGroups(db: DatabaseSync, regrouped: Regrouped): void {
  const { timeZone, sequence, running, days } = regrouped
  const insert = db.prepare(
    `INSERT INTO usage_day
       (day, operation, series, status, operations, charged, first_sequence, last_sequence)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const since = db.prepare(
    `${ENDED} AND (sequence > ? OR sequence IN (SELECT value FROM json_each(?))) ORDER BY sequence`,
  )
  transaction(db, () => {
    db.exec('DELETE FROM usage_day; DELETE FROM usage_month')
    for (const { day, operation, series, status, operations, charged, first, last } of days) {
      insert.run(day, operation, series, status, operations, charged, first, last)
    }
    db.exec(
      `INSERT INTO usage_month (month, series, status, operations, charged)
       SELECT substr(day, 1, 7), series, status, sum(operations), sum(charged)
       FROM usage_day GROUP BY 1, 2, 3`,
    )
    const rollup = createRollup(db, createDayClock(timeZone))
    const ended = since.all(sequence, JSON.stringify(running)) as unknown as readonly Counted[]
    for (const operation of ended) rollup.add(operation)
    db.prepare('UPDATE projected SET time_zone = ?').run(timeZone)
  })
}
