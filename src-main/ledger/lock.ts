import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { type Result, success } from '#shared/result.ts'
import { PRIVATE_FILE } from '../files/atomic-file.ts'
import { inUse, storageFailure } from './storage-errors.ts'

/** A held lock; the operating system releases it however the process ends. */
export interface LedgerLock {
  release(): void
}

/**
 * Makes this process the only one on a ledger folder, by holding an exclusive lock on a small
 * database beside it: unlike a pid file it cannot be left behind by a kill. Fails with
 * `ledger_in_use` when another process, or this one, holds it.
 */
export function lockLedger(directory: string): Result<LedgerLock> {
  let db: DatabaseSync | null = null
  try {
    const file = join(directory, 'ledger.lock')
    closeSync(openSync(file, 'a', PRIVATE_FILE))
    db = new DatabaseSync(file, { timeout: 0 })
    db.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    db?.close()
    const failed = storageFailure(error)
    if (!failed) throw error
    return failed.error.code === 'ledger_damaged' ? inUse() : failed
  }
  const held = db
  return success({ release: () => held.close() })
}
