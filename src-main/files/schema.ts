/** The schema of a SQLite file, by the number of migrations it has been through. */

import type { DatabaseSync } from 'node:sqlite'
import { transaction } from './transaction.ts'

export function schemaVersion(db: DatabaseSync): number {
  return (db.prepare('PRAGMA user_version').get() as { user_version: number }).user_version
}

/** Brings the schema to `target`, each step in its own transaction. */
export function migrateSchema(
  db: DatabaseSync,
  migrations: readonly string[],
  target = migrations.length,
): void {
  for (let version = schemaVersion(db); version < target; version++) {
    transaction(db, () => {
      db.exec(migrations[version] ?? '')
      db.exec(`PRAGMA user_version = ${version + 1}`)
    })
  }
}
