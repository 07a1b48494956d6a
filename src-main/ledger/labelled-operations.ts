/** Operations that are labelled, and moving them to another subject in the totals. */

import type { DatabaseSync } from 'node:sqlite'
import { holdEntryId } from '#shared/journal/entries.ts'
import type { UsageStatus } from '#shared/usage/filter.ts'
import type { DayClock } from './local-day.ts'
import {
  type Counted,
  createRollup,
  createSeries,
  SERIES_COLUMNS,
  takeFromRollups,
} from './rollup.ts'

/** An operation with the series it is counted in. */
export interface Labelled extends Omit<Counted, 'status'> {
  readonly operationId: string
  readonly status: UsageStatus
  readonly ended: boolean
  readonly subject: string
  /** The names of its series without the subject, in the order of SERIES_COLUMNS. */
  readonly otherNames: readonly string[]
}

export interface Move {
  readonly operation: Labelled
  readonly subject: string
}

const [SUBJECT, ...OTHERS] = SERIES_COLUMNS

export function createLabelledOperations(db: DatabaseSync, days: DayClock) {
  const select = db.prepare(
    `SELECT operation.sequence, operation.operation_id, operation.at, operation.status,
       operation.charged, operation.end_sequence, operation.series, series.${SUBJECT},
       ${OTHERS.map((column) => `series.${column}`).join(', ')}
     FROM entry_place JOIN operation USING (sequence) JOIN series ON series.id = operation.series
     WHERE entry_place.id = ?`,
  )
  const setSeries = db.prepare('UPDATE operation SET series = ? WHERE sequence = ?')
  const series = createSeries(db)
  const rollup = createRollup(db, days)

  return {
    rolledBack: series.forget,
    find(operationIds: readonly string[]): readonly Labelled[] {
      return [...new Set(operationIds)].flatMap((operationId) => {
        const row = select.get(holdEntryId(operationId)) as OperationRow | undefined
        return row ? [labelledOperation(row)] : []
      })
    },
    /** Moves operations to another subject, wherever they are counted. */
    move(moves: readonly Move[]): void {
      const moved = moves.map(({ operation, subject }) => {
        const to = series.idOf([subject, ...operation.otherNames])
        setSeries.run(to, operation.sequence)
        return { operation, to }
      })
      const counted = moved.filter(({ operation }) => operation.ended)
      takeFromRollups(
        db,
        days,
        counted.map(({ operation }) => operation),
      )
      for (const { operation, to } of counted) rollup.add({ ...operation, series: to })
    },
  }
}

type OperationRow = {
  readonly sequence: number
  readonly operation_id: string
  readonly at: number
  readonly status: UsageStatus
  readonly charged: number | null
  readonly end_sequence: number | null
  readonly series: number
} & Readonly<Record<(typeof SERIES_COLUMNS)[number], string>>

function labelledOperation(row: OperationRow): Labelled {
  const { sequence, at, status, series, operation, subject } = row
  return {
    operationId: row.operation_id,
    sequence,
    at,
    status,
    series,
    operation,
    subject,
    charged: row.charged ?? 0,
    ended: row.end_sequence !== null,
    otherNames: OTHERS.map((column) => row[column]),
  }
}
