/**
 * Keeps the derived tables close behind the journal without slowing it down: entries wait in memory
 * and are written together soon after, in a transaction that need not be durable, because whatever
 * a crash takes is read from the journal again.
 */

import type { DatabaseSync } from 'node:sqlite'
import type { Entry } from '#shared/journal/journal.ts'
import { type Result, success } from '#shared/result.ts'
import type { Timers } from '#shared/ports/time.ts'
import { transaction } from '../files/transaction.ts'
import type { DayClock } from './local-day.ts'
import { createProjections } from './projections.ts'
import type { Change } from './state.ts'
import { storageFailure } from './storage-errors.ts'

export interface Projector {
  /** Queues entries that are on disk. */
  follow(changes: readonly Change[]): void
  /** Brings the tables up to date with the journal, before somebody reads them. */
  catchUp(): Result<null>
  /** The entry with this id, if the tables do not have it yet. */
  waiting(id: string): Entry | undefined
  stop(): void
}

/** How long after an entry the tables follow. */
const DELAY_MS = 25
/** This many waiting entries are written at once, however busy it is: some 20 ms of work. */
const MOST_WAITING = 1_024
/** The write-ahead log is checkpointed after this many entries. */
const FOLD_EVERY = 400

export function createProjector(
  db: DatabaseSync,
  days: DayClock,
  timers: Timers,
  opened: readonly Change[],
): Projector {
  const projections = createProjections(db, days)
  const waiting = new Map(opened.map((change) => [change.entry.id, change]))
  let sinceFold = 0
  let cancel: (() => void) | null = null

  function catchUp(): Result<null> {
    cancel?.()
    cancel = null
    if (waiting.size === 0) return success(null)
    db.exec('PRAGMA synchronous = NORMAL')
    try {
      transaction(db, () => projections.apply([...waiting.values()]))
      sinceFold += waiting.size
      waiting.clear()
      return success(null)
    } catch (error) {
      projections.rolledBack()
      const failed = storageFailure(error)
      if (!failed) throw error
      return failed
    } finally {
      db.exec('PRAGMA synchronous = FULL')
    }
  }

  function whenQuiet(): void {
    catchUp()
    if (sinceFold < FOLD_EVERY) return
    sinceFold = 0
    try {
      db.exec('PRAGMA wal_checkpoint(PASSIVE)')
    } catch (error) {
      if (!storageFailure(error)) throw error
    }
  }

  function schedule(): void {
    cancel ??= timers.after(DELAY_MS, whenQuiet)
  }

  if (waiting.size > 0) schedule()
  return {
    waiting: (id) => waiting.get(id)?.entry,
    catchUp,
    follow(changes) {
      for (const change of changes) waiting.set(change.entry.id, change)
      if (waiting.size >= MOST_WAITING) catchUp()
      else schedule()
    },
    stop: () => cancel?.(),
  }
}
