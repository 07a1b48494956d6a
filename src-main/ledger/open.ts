/** Opening a ledger folder: locked, checked, migrated, and only then written to. */

import { closeSync, existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { failure, type Result, success } from '#shared/host/result.ts'
import { ensurePrivateDirectory, PRIVATE_FILE } from '../files/atomic-file.ts'
import type { Clock, Timers } from '../ports/time.ts'
import { LedgerIsNewer, openReader, openWriter, SCHEMA_VERSION, schemaVersion } from './database.ts'
import { createJournal } from './journal.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { type Loaded, LedgerDamage, loadState, projectionsAgree } from './load.ts'
import { createDayClock, type DayClock } from './local-day.ts'
import { type LedgerLock, lockLedger } from './lock.ts'
import { createProjector } from './projector.ts'
import { rebuild } from './rebuild.ts'
import { isDamage, storageFailure } from './storage-errors.ts'

export interface LedgerPorts {
  readonly clock: Clock
  readonly timers: Timers
  /** IANA name of the account's time zone; days of the usage history are local days. */
  readonly timeZone: string
}

export interface OpenLedger extends Ledger {
  close(): void
}

export const LEDGER_FILE = 'ledger.sqlite'

/**
 * Opens the ledger in `directory`, making an empty one on first use. Fails, changing nothing, with
 * `ledger_in_use`, `ledger_newer`, `ledger_damaged`, `ledger_not_writable`, `disk_full` or
 * `ledger_io`.
 */
export function openLedger(directory: string, ports: LedgerPorts): Result<OpenLedger> {
  let lock: LedgerLock | null = null
  let db: DatabaseSync | null = null
  try {
    ensurePrivateDirectory(directory)
    const locked = lockLedger(directory)
    if (!locked.ok) return locked
    lock = locked.data
    const days = createDayClock(ports.timeZone)
    const file = join(directory, LEDGER_FILE)
    const opened = openFile(file, days, ports.timeZone)
    db = opened.db
    return success(serve(opened.db, opened.loaded, days, lock, ports))
  } catch (error) {
    db?.close()
    lock?.release()
    return openFailure(error)
  }
}

function openFailure(error: unknown) {
  if (error instanceof LedgerDamage || isDamage(error)) {
    return failure(
      'ledger_damaged',
      'The ledger file is damaged. Restore a backup, or set the damaged part aside and go on with what is sound.',
      { cause: (error as Error).message },
    )
  }
  const failed = storageFailure(error)
  if (!failed) throw error
  return failed
}

function serve(
  db: DatabaseSync,
  { state, unprojected }: Loaded,
  days: DayClock,
  lock: LedgerLock,
  ports: LedgerPorts,
): OpenLedger {
  const projector = createProjector(db, days, ports.timers, unprojected)
  const journal = createJournal(db, state, projector)
  return {
    ...createLedger(journal, ports.clock),
    close() {
      projector.catchUp()
      projector.stop()
      db.close()
      lock.release()
    },
  }
}

function openFile(file: string, days: DayClock, timeZone: string) {
  const seen = existsSync(file) ? inspect(file) : null
  if (!seen) closeSync(openSync(file, 'a', PRIVATE_FILE))
  const db = openWriter(file)
  try {
    let loaded = seen ?? loadState(db)
    if (!sameTimeZone(db, timeZone) || !projectionsAgree(db, loaded)) {
      rebuild(db, days, timeZone)
      loaded = { ...loaded, unprojected: [] }
    }
    return { db, loaded }
  } catch (error) {
    db.close()
    throw error
  }
}

/** Reads the state before anything may write; null when the schema must be moved forward first. */
function inspect(file: string): Loaded | null {
  const db = openReader(file)
  try {
    const version = schemaVersion(db)
    if (version > SCHEMA_VERSION) throw new LedgerIsNewer(version)
    return version === SCHEMA_VERSION ? loadState(db) : null
  } finally {
    db.close()
  }
}

function sameTimeZone(db: DatabaseSync, timeZone: string): boolean {
  const row = db.prepare('SELECT time_zone AS zone FROM projected').get() as { zone: string }
  return row.zone === timeZone
}
