/** Opens the library's SQLite file, and migrates its schema. */

import { DatabaseSync } from 'node:sqlite'
import { migrateSchema, schemaVersion } from '../files/schema.ts'
import { library } from './migrations/0001-library.ts'
import { requestKeys } from './migrations/0002-request-keys.ts'

/** Forwards only: a released migration is never edited, a change is a new one. */
export const MIGRATIONS: readonly string[] = [library, requestKeys]

export const SCHEMA_VERSION = MIGRATIONS.length

export class LibraryIsNewer extends Error {
  readonly version: number
  constructor(version: number) {
    super(`The library has format ${version}; this app reads up to ${SCHEMA_VERSION}`)
    this.version = version
  }
}

export class LibraryDamage extends Error {}

/**
 * The one connection. `check` reads the whole file for damage first. Throws SQLite's errors,
 * LibraryIsNewer before changing anything, and LibraryDamage.
 */
export function openDatabase(file: string, { check }: { readonly check: boolean }): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 2_000, enableForeignKeyConstraints: true })
  try {
    if (schemaVersion(db) > SCHEMA_VERSION) throw new LibraryIsNewer(schemaVersion(db))
    if (check) assertSound(db)
    // What a person deletes is overwritten, not just unlinked (secure_delete).
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON')
    migrate(db)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

function assertSound(db: DatabaseSync): void {
  const { quick_check: verdict } = db.prepare('PRAGMA quick_check(1)').get() as {
    quick_check: string
  }
  if (verdict !== 'ok') throw new LibraryDamage(verdict)
}

/** Brings the schema to `target`, each step in its own transaction. */
export function migrate(db: DatabaseSync, target = SCHEMA_VERSION): void {
  migrateSchema(db, MIGRATIONS, target)
}
