/**
 * Turns what SQLite and the file system report of a full, read-only or broken disk into failures.
 */

import { failure, type HostError } from '#shared/result.ts'
import { LedgerIsNewer } from './database.ts'

interface SystemError extends Error {
  readonly code?: string
  readonly errcode?: number
}

export type LedgerFailure = { readonly ok: false; readonly error: HostError }

const SQLITE_PERM = 3
const SQLITE_BUSY = 5
const SQLITE_READONLY = 8
const SQLITE_IOERR = 10
const SQLITE_CORRUPT = 11
const SQLITE_FULL = 13
const SQLITE_CANTOPEN = 14
const SQLITE_NOTADB = 26

/**
 * The failure for a storage error, or null if the error is something else, which is then a mistake
 * in the program and should be thrown.
 */
export function storageFailure(error: unknown): LedgerFailure | null {
  if (error instanceof LedgerIsNewer) {
    return failure(
      'ledger_newer',
      'This ledger was written by a newer version of Tallystick. Update the app to open it; nothing was changed.',
      { version: error.version },
    )
  }
  if (!(error instanceof Error)) return null
  const { code, errcode } = error as SystemError
  if (code === 'ERR_SQLITE_ERROR') return sqliteFailure((errcode ?? 0) & 0xff, error)
  if (code === 'ENOSPC' || code === 'EDQUOT') return diskFull(error)
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return notWritable(error)
  if (code !== undefined && /^E[A-Z0-9]+$/.test(code)) return unreadable(error)
  return null
}

/** Whether an error means that the file itself is not, or no longer, a sound database. */
export function isDamage(error: unknown): boolean {
  const { code, errcode } = error as SystemError
  const primary = (errcode ?? 0) & 0xff
  return code === 'ERR_SQLITE_ERROR' && (primary === SQLITE_CORRUPT || primary === SQLITE_NOTADB)
}

function sqliteFailure(primary: number, error: Error): LedgerFailure | null {
  switch (primary) {
    case SQLITE_FULL:
      return diskFull(error)
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
      return notWritable(error)
    case SQLITE_IOERR:
      return unreadable(error)
    case SQLITE_BUSY:
      return inUse()
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return damageFailure(error)
    default:
      return null
  }
}

/** `details` say what is sound and what can be restored. */
export function damageFailure(
  error: unknown,
  details: Readonly<Record<string, unknown>> = {},
): LedgerFailure {
  return failure(
    'ledger_damaged',
    'The ledger file is damaged. Restore a backup, or set the damaged part aside and go on with what is sound.',
    { cause: error instanceof Error ? error.message : String(error), ...details },
  )
}

export function inUse(): LedgerFailure {
  return failure(
    'ledger_in_use',
    'Tallystick is already running with this ledger. Close the other window or process and try again.',
  )
}

function diskFull(error: Error): LedgerFailure {
  return failure(
    'disk_full',
    'The disk is full, so nothing was recorded or charged. Free some space and try again.',
    { cause: error.message },
  )
}

function notWritable(error: Error): LedgerFailure {
  return failure(
    'ledger_not_writable',
    'Tallystick may not write to its ledger folder. Check the folder’s permissions and try again.',
    { cause: error.message },
  )
}

function unreadable(error: Error): LedgerFailure {
  return failure(
    'ledger_io',
    'The disk did not accept or return the ledger’s data. Nothing was recorded; check the disk and try again.',
    { cause: error.message },
  )
}
