/** Rebuilds every derived table from the journal. */

import type { DatabaseSync } from 'node:sqlite'
import { transaction } from '../files/transaction.ts'
import type { EntryRecord } from './entry-chain.ts'
import { follow } from './load.ts'
import type { DayClock } from './local-day.ts'
import { createProjections, DERIVED_TABLES } from './projections.ts'
import { type Change, EMPTY_STATE, type LedgerState } from './state.ts'

/** The number of entries projected together while replaying. */
const BATCH = 1_000

/**
 * Empties and refills the derived tables in one transaction, checking the whole chain on the way.
 * Returns the state at its end. Throws LedgerDamage, and changes nothing, when the chain is broken.
 */
export function rebuild(db: DatabaseSync, days: DayClock, timeZone: string): LedgerState {
  return transaction(db, () => {
    for (const table of DERIVED_TABLES) db.exec(`DELETE FROM ${table}`)
    db.prepare('UPDATE projected SET sequence = 0, time_zone = ?').run(timeZone)
    return replay(db, createProjections(db, days).apply)
  })
}

/** Runs every entry through `apply`, in batches. */
function replay(db: DatabaseSync, apply: (changes: readonly Change[]) => void): LedgerState {
  let state = EMPTY_STATE
  let changes: Change[] = []
  for (const row of db.prepare('SELECT * FROM entry ORDER BY sequence').iterate()) {
    const { after, change } = follow(state, row as unknown as EntryRecord)
    state = after
    if (changes.push(change) < BATCH) continue
    apply(changes)
    changes = []
  }
  apply(changes)
  return state
}
