/** What a person is told when the library's disk is full, read-only or broken. */

import { failure, type HostError, type Result } from '#shared/result.ts'
import { type StorageTrouble, storageTrouble } from '../files/storage-trouble.ts'
import { LibraryDamage, LibraryIsNewer } from './database.ts'

export type LibraryFailure = { readonly ok: false; readonly error: HostError }

const FAILURES: Readonly<Record<StorageTrouble, () => LibraryFailure>> = {
  'disk-full': diskFull,
  'not-writable': notWritable,
  'in-use': inUse,
  unreadable,
  damaged,
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

/** The failure for a storage error, or null if it is a mistake in the program. */
export function storageFailure(error: unknown): LibraryFailure | null {
  if (error instanceof LibraryIsNewer) {
    return failure(
      'library_newer',
      'This library was written by a newer version of Tallystick. Update the app to open it; nothing was changed.',
      { version: error.version },
    )
  }
  if (error instanceof LibraryDamage) return damaged()
  const trouble = storageTrouble(error)
  return trouble && FAILURES[trouble]()
}

/** Whether the error means that the file is not, or no longer, a sound database. */
export function isDamage(error: unknown): boolean {
  return error instanceof LibraryDamage || storageTrouble(error) === 'damaged'
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
