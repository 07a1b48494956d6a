/** Opens the ledger's SQLite file, the only way it may be opened, and migrates its schema. */

import { DatabaseSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { migrateSchema, schemaVersion } from '../files/schema.ts'
import { journal } from './migrations/0001-journal.ts'
import { recipeRuns } from './migrations/0002-recipe-runs.ts'
import { labels } from './migrations/0003-labels.ts'
import { leases } from './migrations/0004-leases.ts'
import { labelEdits } from './migrations/0005-label-edits.ts'

/** Forwards only: a released migration is never edited, a change is a new one. */
export const MIGRATIONS: readonly string[] = [journal, recipeRuns, labels, leases, labelEdits]

export const SCHEMA_VERSION = MIGRATIONS.length

export class LedgerIsNewer extends Error {
  readonly version: number
  constructor(version: number) {
    super(`The ledger has format ${version}; this app reads up to ${SCHEMA_VERSION}`)
    this.version = version
  }
}

/**
 * Pages of the write-ahead log at which a commit checkpoints it into the file. Small, so that
 * commits soon overwrite the log instead of growing it, which halves the cost on disk.
 */
const LOG_PAGES = 2_000

/**
 * Opens for this process alone, as lock.ts ensures anyway: SQLite then keeps its locks and the
 * index of the write-ahead log in memory, which halves its own part of a commit. Readers in this
 * process share both. Windows has no such mode.
 */
function exclusive(file: string): string | URL {
  if (process.platform === 'win32') return file
  const url = pathToFileURL(file)
  url.searchParams.set('vfs', 'unix-excl')
  return url
}

/** The one writing connection. Throws SQLite's errors, and LedgerIsNewer before changing anything. */
export function openWriter(file: string): DatabaseSync {
  const db = new DatabaseSync(exclusive(file), {
    timeout: 2_000,
    enableForeignKeyConstraints: true,
  })
  try {
    if (schemaVersion(db) > SCHEMA_VERSION) throw new LedgerIsNewer(schemaVersion(db))
    db.exec('PRAGMA journal_mode = WAL')
    db.exec(
      'PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;' +
        `PRAGMA wal_autocheckpoint = ${LOG_PAGES}; PRAGMA recursive_triggers = ON`,
    )
    assertDurable(db)
    migrate(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** A connection that cannot write, for long reads beside the writer. */
export function openReader(file: string): DatabaseSync {
  return new DatabaseSync(file, { readOnly: true, timeout: 2_000 })
}

/** Brings the schema to `target`, each step in its own transaction. */
export function migrate(db: DatabaseSync, target = SCHEMA_VERSION): void {
  migrateSchema(db, MIGRATIONS, target)
}

/**
 * Fails at start, not at the first lost charge, if SQLite does not have the settings the ledger
 * relies on.
 */
function assertDurable(db: DatabaseSync): void {
  const { mode } = db.prepare('SELECT journal_mode AS mode FROM pragma_journal_mode').get() as {
    mode: string
  }
  const problems = [
    mode !== 'wal' && `journal mode is "${mode}", not "wal"`,
    pragma(db, 'synchronous') !== 2 && 'synchronous is not FULL',
    pragma(db, 'foreign_keys') !== 1 && 'foreign keys are off',
  ].filter(Boolean)
  if (problems.length > 0) throw new Error(`SQLite is not durable here: ${problems.join(', ')}`)
}

/** The time zone whose days group usage; empty in a new ledger. */
export function zoneOf(db: DatabaseSync): string {
  const row = db.prepare('SELECT time_zone AS zone FROM projected').get() as { zone: string }
  return row.zone
}

export function pragma(db: DatabaseSync, name: string): number {
  const row = db.prepare(`PRAGMA ${name}`).get() as Record<string, number> | undefined
  return Object.values(row ?? {})[0] ?? 0
}
