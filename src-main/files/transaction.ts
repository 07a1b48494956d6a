/** One transaction of a SQLite file. */

import type { DatabaseSync } from 'node:sqlite'

/** Runs `work` wholly or, when it throws, not at all. */
export function transaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}
