/** Checks the whole ledger: every hash, every posting, and every derived row against a rebuild. */

import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { isDeepStrictEqual } from 'node:util'
import { migrate, openReader, zoneOf } from './database.ts'
import type { EntryRecord } from './entry-chain.ts'
import { addLabels, readLabels } from './labels.ts'
import { follow, LedgerDamage } from './load.ts'
import { createDayClock } from './local-day.ts'
import { createProjections, type DERIVED_TABLES } from './projections.ts'
import { SERIES_COLUMNS } from './rollup.ts'
import { isDamage } from './storage-errors.ts'
import { type Change, EMPTY_STATE } from './state.ts'

export interface Verification {
  /** The number of entries found sound. */
  readonly entries: number
  /** Empty when all is well; otherwise the first broken entry, or the tables that disagree. */
  readonly problems: readonly { readonly sequence: number | null; readonly message: string }[]
}

const BATCH = 1_000

const NAMES = SERIES_COLUMNS.map((column) => `series.${column}`).join(', ')

/**
 * A table's rows with its series by name, because a subject given later numbers them differently.
 */
function bySeries(table: string, columns: string, order: string): string {
  return `SELECT ${NAMES}, ${columns} FROM ${table} JOIN series ON series.id = ${table}.series
    ORDER BY ${order}`
}

/** What must be the same in rebuilt tables. */
export const COMPARED: Record<(typeof DERIVED_TABLES)[number], string> = {
  series: `SELECT ${NAMES} FROM series WHERE id IN (SELECT series FROM operation)
    ORDER BY ${NAMES}`,
  entry_place: 'SELECT * FROM entry_place ORDER BY id',
  usage_day: bySeries(
    'usage_day',
    'day, usage_day.operation AS priced_as, status, operations, charged, first_sequence, last_sequence',
    `day, ${NAMES}, status`,
  ),
  usage_month: bySeries(
    'usage_month',
    'month, status, operations, charged',
    `month, ${NAMES}, status`,
  ),
  operation: bySeries(
    'operation',
    `sequence, operation_id, at, quote_expected, quote_maximum, held, status, end_sequence,
     ended_at, outcome, charged, usage_source`,
    'sequence',
  ),
  recipe_run: 'SELECT * FROM recipe_run ORDER BY operation_id',
  grant_balance: 'SELECT * FROM grant_balance ORDER BY sequence',
  snapshot: 'SELECT * FROM snapshot ORDER BY sequence',
}

/**
 * Reads the journal as of now from end to end. `breathe` is awaited every few milliseconds, so that
 * whoever shares the thread is not kept waiting.
 */
export async function verifyLedger(
  file: string,
  breathe: () => Promise<void>,
): Promise<Verification> {
  const db = openReader(file)
  const scratch = new DatabaseSync('')
  try {
    scratch.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF')
    migrate(scratch)
    db.exec('BEGIN')
    addLabels(scratch, readLabels(db))
    const projections = createProjections(scratch, createDayClock(zoneOf(db)))
    const checked = await checkChain(db, breathe, (changes) => {
      scratch.exec('BEGIN')
      projections.apply(changes)
      scratch.exec('COMMIT')
    })
    if (checked.problems.length > 0) return checked
    const problems: { sequence: null; message: string }[] = []
    for (const [table, sql] of Object.entries(COMPARED)) {
      if (await sameRows(db.prepare(sql), scratch.prepare(sql), breathe)) continue
      problems.push({ sequence: null, message: `Table ${table} does not follow from the journal` })
      // The other tables name their series, so comparing them would only repeat this.
      if (table === 'series') break
    }
    return { ...checked, problems }
  } finally {
    db.close()
    scratch.close()
  }
}

/** Follows the chain to its end; `apply` receives the changes the derived tables should have. */
async function checkChain(
  db: DatabaseSync,
  breathe: () => Promise<void>,
  apply: (changes: readonly Change[]) => void,
): Promise<Verification> {
  const { sequence: projected } = db.prepare('SELECT sequence FROM projected').get() as {
    sequence: number
  }
  const next = db.prepare(`SELECT * FROM entry WHERE sequence > ? ORDER BY sequence LIMIT ${BATCH}`)
  let state = EMPTY_STATE
  try {
    for (;;) {
      const records = next.all(state.head.sequence) as unknown as readonly EntryRecord[]
      const changes = records.map((record) => {
        const { after, change } = follow(state, record)
        state = after
        return change
      })
      if (changes.length === 0) return { entries: state.head.sequence, problems: [] }
      apply(changes.filter(({ entry }) => entry.sequence <= projected))
      await breathe()
    }
  } catch (error) {
    const { sequence } = state.head
    const message = error instanceof Error ? error.message : String(error)
    if (!(error instanceof LedgerDamage) && !isDamage(error)) throw error
    return { entries: sequence, problems: [{ sequence: sequence + 1, message }] }
  }
}

async function sameRows(
  actual: StatementSync,
  expected: StatementSync,
  breathe: () => Promise<void>,
): Promise<boolean> {
  const others = expected.iterate()
  let compared = 0
  for (const row of actual.iterate()) {
    if (!isDeepStrictEqual(row, others.next().value)) return false
    if (++compared % BATCH === 0) await breathe()
  }
  return others.next().done === true
}
