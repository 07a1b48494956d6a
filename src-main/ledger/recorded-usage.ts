/** What runs delivered and were charged, read back from the journal. */

import type { DatabaseSync } from 'node:sqlite'
import { millicredits } from '#shared/credits/amount.ts'
import type { Units } from '#shared/credits/units.ts'
import type { UsageRecord } from '#shared/simulation/usage.ts'
import type { UsageRow } from '#shared/usage/views.ts'
import { firstEntryAt } from './usage-filter.ts'

/** The units of settled runs, by the sequence of their hold. */
export function unitsOf(
  db: DatabaseSync,
  rows: readonly Pick<UsageRow, 'sequence'>[],
): ReadonlyMap<number, Units> {
  const found = db
    .prepare(
      `SELECT operation.sequence, json_extract(entry.body, '$.facts.units') AS units
       FROM operation JOIN entry ON entry.sequence = operation.end_sequence
       WHERE operation.status = 'settled'
         AND operation.sequence IN (SELECT value FROM json_each(?))`,
    )
    .all(JSON.stringify(rows.map(({ sequence }) => sequence)))
  return new Map(
    found.map(({ sequence, units }) => [Number(sequence), JSON.parse(String(units)) as Units]),
  )
}

interface RecordedRow {
  readonly sequence: number
  readonly at: number
  readonly operation: string
  readonly charged: number
  readonly outcome: string
  readonly units: string
  readonly decided: string
  readonly percent: number | null
}

/** Settled runs that started in [from, to), oldest first. */
export function* recordedUsage(
  db: DatabaseSync,
  from: number | undefined,
  to: number | undefined,
): Iterable<UsageRecord> {
  const rows = db.prepare(
    `SELECT operation.sequence, operation.at, series.operation, charged, outcome,
       json_extract(entry.body, '$.facts.units') AS units,
       json_extract(entry.body, '$.facts.charge.decidedBy') AS decided,
       json_extract(entry.body, '$.facts.charge.premium.percent') AS percent
     FROM operation JOIN series ON series.id = operation.series
       JOIN entry ON entry.sequence = operation.end_sequence
     WHERE operation.sequence BETWEEN ? AND ? AND status = 'settled'
     ORDER BY operation.sequence`,
  )
  const first = from === undefined ? 0 : firstEntryAt(db, from)
  const last = to === undefined ? Number.MAX_SAFE_INTEGER : firstEntryAt(db, to) - 1
  const promised = db.prepare(
    `SELECT json_extract(body, '$.facts.operation.quote.maximumUnits') AS units
     FROM entry WHERE sequence = ?`,
  )
  for (const row of rows.iterate(first, last)) {
    yield recordOf(row as unknown as RecordedRow, (sequence) => {
      return JSON.parse(String(promised.get(sequence)?.['units'])) as Units
    })
  }
}

function recordOf(row: RecordedRow, promisedTo: (sequence: number) => Units): UsageRecord {
  const { at, operation, outcome, decided, percent } = row
  return {
    at,
    operation,
    charged: millicredits(row.charged),
    // Results taken from the library cost what they cost, whoever's plan it is.
    units: outcome === 'reused' ? null : (JSON.parse(row.units) as Units),
    ...(decided === 'hold' ? { maximumUnits: promisedTo(row.sequence) } : {}),
    ...(percent === null ? {} : { premiumPercent: percent }),
  }
}
