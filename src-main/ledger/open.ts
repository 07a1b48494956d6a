/** Opening a ledger folder: locked, checked, migrated, and only then written to. */

import { closeSync, existsSync, openSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { failure, type Result, success } from '#shared/host/result.ts'
import { ensurePrivateDirectory, PRIVATE_FILE } from '../files/atomic-file.ts'
import type { Clock } from '../ports/time.ts'
import { LedgerIsNewer, openReader, openWriter, SCHEMA_VERSION, schemaVersion } from './database.ts'
import { createJournal } from './journal.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { LedgerDamage, loadState, projectionsAgree } from './load.ts'
import { createDayClock, type DayClock } from './local-day.ts'
import { type LedgerLock, lockLedger } from './lock.ts'
import { rebuild } from './rebuild.ts'
import { isDamage, storageFailure } from './storage-errors.ts'
import type { LedgerState } from './state.ts'

export interface LedgerPorts {
  readonly clock: Clock
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
    return success(serve(opened.db, opened.state, days, lock, ports))
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
  state: LedgerState,
  days: DayClock,
  lock: LedgerLock,
  ports: LedgerPorts,
): OpenLedger {
  const journal = createJournal(db, days, state)
  return {
    ...createLedger(journal, ports.clock),
    close() {
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
    const state = seen ?? loadState(db)
    const upToDate = sameTimeZone(db, timeZone) && projectionsAgree(db, state)
    if (!upToDate) {
      rebuild(db, days)
      rememberTimeZone(db, timeZone)
    }
    return { db, state }
  } catch (error) {
    db.close()
    throw error
  }
}

/** Reads the state before anything may write; null when the schema must be moved forward first. */
function inspect(file: string): LedgerState | null {
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
  const row = db.prepare("SELECT value FROM setting WHERE name = 'time_zone'").get() as
    { value: string } | undefined
  return row?.value === timeZone
}

function rememberTimeZone(db: DatabaseSync, timeZone: string): void {
  db.prepare("INSERT OR REPLACE INTO setting (name, value) VALUES ('time_zone', ?)").run(timeZone)
}
