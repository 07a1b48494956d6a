/** SQLite files that can be rebuilt from elsewhere: fast, and discarded when in doubt. */

import { rmSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'

/**
 * Opens a disposable file with `schema`, which names its `version`. One that is damaged or of another
 * version is begun anew.
 */
export function openDisposable(file: string, version: number, schema: string): DatabaseSync {
  try {
    return open(file, version, schema)
  } catch {
    for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true })
    return open(file, version, schema)
  }
}

function open(file: string, version: number, schema: string): DatabaseSync {
  const db = new DatabaseSync(file, { timeout: 2_000 })
  try {
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
    const found = Number(db.prepare('PRAGMA user_version').get()?.['user_version'])
    if (found === 0) db.exec(`BEGIN; ${schema}; PRAGMA user_version = ${version}; COMMIT`)
    else if (found !== version) throw new Error(`Version ${found}`)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Statements by their text, each prepared when it is first asked for. */
export type Statements = (text: string) => StatementSync

export function statementsOf(db: DatabaseSync): Statements {
  const prepared = new Map<string, StatementSync>()
  return (text) => {
    const known = prepared.get(text)
    if (known) return known
    const statement = db.prepare(text)
    prepared.set(text, statement)
    return statement
  }
}
