/** What runs delivered and were charged, read back from the journal. */

import type { DatabaseSync } from 'node:sqlite'
import { millicredits } from '#shared/credits/amount.ts'
import type { Units } from '#shared/credits/units.ts'
import type { UsageRecord } from '#shared/simulation/usage.ts'
import type { RunDetails } from '#shared/usage/csv.ts'
import type { UsageRow } from '#shared/usage/views.ts'
import { firstEntryAt } from './usage-filter.ts'

/** What the journal says about runs, by the sequence of their hold. */
export function detailsOf(
  db: DatabaseSync,
  rows: readonly Pick<UsageRow, 'sequence'>[],
): ReadonlyMap<number, RunDetails> {
  const found = db
    .prepare(
      `SELECT operation.sequence, json_extract(ended.body, '$.facts.units') AS units,
         ${WHOSE}
       FROM operation JOIN entry AS hold ON hold.sequence = operation.sequence
         LEFT JOIN entry AS ended
           ON ended.sequence = operation.end_sequence AND operation.status = 'settled'
       WHERE operation.sequence IN (SELECT value FROM json_each(?))`,
    )
    .all(JSON.stringify(rows.map(({ sequence }) => sequence))) as unknown as readonly DetailRow[]
  return new Map(
    found.map(({ sequence, units, member, device }) => [
      sequence,
      { units: units === null ? null : (JSON.parse(units) as Units), member, device },
    ]),
  )
}

const WHOSE = `ifnull(json_extract(hold.body, '$.facts.operation.memberId'), '') AS member,
  json_extract(hold.body, '$.facts.operation.deviceId') AS device`

interface DetailRow extends Pick<RunDetails, 'member' | 'device'> {
  readonly sequence: number
  readonly units: string | null
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
  readonly member?: string
  readonly device?: string
  /** The subject the run was started with: caps count by it, whatever it was labelled later. */
  readonly subject?: string
}

interface Wanted {
  /** Runs that started in [from, to). */
  readonly from: number | undefined
  readonly to: number | undefined
  /**
   * Whether to include whose run it was and what for, which takes reading another entry of each.
   */
  readonly scope: boolean
}

/** Settled runs, oldest first. */
export function* recordedUsage(
  db: DatabaseSync,
  { from, to, scope }: Wanted,
): Iterable<UsageRecord> {
  const rows = db.prepare(
    `SELECT operation.sequence, operation.at, series.operation, charged, outcome,
       json_extract(entry.body, '$.facts.units') AS units,
       json_extract(entry.body, '$.facts.charge.decidedBy') AS decided,
       json_extract(entry.body, '$.facts.charge.premium.percent') AS percent
       ${scope ? `, ${WHOSE}, json_extract(hold.body, '$.facts.operation.subject') AS subject` : ''}
     FROM operation JOIN series ON series.id = operation.series
       JOIN entry ON entry.sequence = operation.end_sequence
       ${scope ? 'JOIN entry AS hold ON hold.sequence = operation.sequence' : ''}
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
  const { at, operation, outcome, decided, percent, member, device, subject } = row
  return {
    at,
    operation,
    charged: millicredits(row.charged),
    // Results taken from the library cost the same under any plan.
    units: outcome === 'reused' ? null : (JSON.parse(row.units) as Units),
    ...(member !== undefined && device !== undefined && subject !== undefined
      ? { scope: { member, device, subject } }
      : {}),
    ...(decided === 'hold' ? { maximumUnits: promisedTo(row.sequence) } : {}),
    ...(percent === null ? {} : { premiumPercent: percent }),
  }
}
