/** What SQLite and the file system say when the library's disk is full, read-only or broken. */

import { failure, type HostError, type Result } from '#shared/result.ts'
import { systemErrorCode } from '../files/atomic-file.ts'
import { LibraryDamage, LibraryIsNewer } from './database.ts'

export type LibraryFailure = { readonly ok: false; readonly error: HostError }

const SQLITE_FAILURES: Readonly<Record<number, () => LibraryFailure>> = {
  3: notWritable,
  5: inUse,
  8: notWritable,
  10: unreadable,
  11: damaged,
  13: diskFull,
  14: notWritable,
  26: damaged,
}

const SYSTEM_FAILURES: Readonly<Record<string, () => LibraryFailure>> = {
  ENOSPC: diskFull,
  EDQUOT: diskFull,
  EACCES: notWritable,
  EPERM: notWritable,
  EROFS: notWritable,
}

/** Runs `work`; a storage error it throws becomes a failure, any other propagates. */
export function attempt<T>(work: () => Result<T>): Result<T> {
  try {
    return work()
  } catch (error) {
    const failed = storageFailure(error)
    if (!failed) throw error
    return failed
  }
}

/** The failure that stands for an error of storage, or null when it is a mistake in the program. */
export function storageFailure(error: unknown): LibraryFailure | null {
  if (error instanceof LibraryIsNewer) {
    return failure(
      'library_newer',
      'This library was written by a newer version of Tallystick. Update the app to open it; nothing was changed.',
      { version: error.version },
    )
  }
  if (error instanceof LibraryDamage) return damaged()
  const sqlite = sqliteErrorCode(error)
  if (sqlite !== undefined) return SQLITE_FAILURES[sqlite]?.() ?? null
  const code = systemErrorCode(error)
  if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) return null
  return SYSTEM_FAILURES[code]?.() ?? unreadable()
}

/** Whether the error says that the file is not, or no longer, a sound database. */
export function isDamage(error: unknown): boolean {
  return error instanceof LibraryDamage || [11, 26].includes(sqliteErrorCode(error) ?? 0)
}

function sqliteErrorCode(error: unknown): number | undefined {
  if (systemErrorCode(error) !== 'ERR_SQLITE_ERROR') return undefined
  const { errcode = 0 } = error as { readonly errcode?: number }
  return errcode & 0xff
}

function diskFull(): LibraryFailure {
  return failure('disk_full', 'The disk is full, so this was not saved. Free some space.')
}

function notWritable(): LibraryFailure {
  return failure(
    'library_not_writable',
    'Tallystick may not write to its library folder. Check the folder’s permissions.',
  )
}

function inUse(): LibraryFailure {
  return failure('library_in_use', 'Another process is using the library. Close it and try again.')
}

function unreadable(): LibraryFailure {
  return failure(
    'library_io',
    'The disk did not accept or return the library’s data. Check the disk and try again.',
  )
}

function damaged(): LibraryFailure {
  return failure(
    'library_damaged',
    'The library file is damaged. Restart Tallystick: it sets the damaged file aside. Your credits are not affected.',
  )
}
