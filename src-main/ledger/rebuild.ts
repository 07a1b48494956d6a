/** Making every derived table anew from the journal. */

import type { DatabaseSync } from 'node:sqlite'
import type { EntryRecord } from './entry-chain.ts'
import { readEntry } from './entry-chain.ts'
import { follow } from './load.ts'
import type { DayClock } from './local-day.ts'
import { createProjections, DERIVED_TABLES } from './projections.ts'
import { EMPTY_STATE, forgetSpentGrants, type LedgerState } from './state.ts'

/**
 * Empties and refills the derived tables in one transaction, checking the whole chain on the way.
 * Returns the state at its end. Throws LedgerDamage, and changes nothing, when the chain is broken.
 */
export function rebuild(db: DatabaseSync, days: DayClock): LedgerState {
  db.exec('BEGIN IMMEDIATE')
  try {
    for (const table of DERIVED_TABLES) db.exec(`DELETE FROM ${table}`)
    const state = replay(db, days)
    db.exec('COMMIT')
    return state
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

/** Runs every entry through the projections, in the caller's transaction. */
function replay(db: DatabaseSync, days: DayClock): LedgerState {
  const projections = createProjections(db, days)
  const entries = db.prepare('SELECT * FROM entry ORDER BY sequence')
  let state = EMPTY_STATE
  for (const row of entries.iterate()) {
    const record = row as unknown as EntryRecord
    const before = forgetSpentGrants(state, record.at)
    state = follow(before, record)
    projections.apply(readEntry(record), before, state)
  }
  return state
}
