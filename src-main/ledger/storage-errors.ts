/** What a person is told when the ledger's disk is full, read-only or broken. */

import { failure, type HostError } from '#shared/result.ts'
import { type StorageTrouble, storageTrouble } from '../files/storage-trouble.ts'
import { LedgerIsNewer } from './database.ts'

export type LedgerFailure = { readonly ok: false; readonly error: HostError }

const FAILURES: Readonly<Record<StorageTrouble, (error: Error) => LedgerFailure>> = {
  'disk-full': diskFull,
  'not-writable': notWritable,
  'in-use': inUse,
  unreadable,
  damaged: (error) => damageFailure(error),
}

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
  const trouble = storageTrouble(error)
  return trouble && FAILURES[trouble](error as Error)
}

/** Whether an error means that the file itself is not, or no longer, a sound database. */
export function isDamage(error: unknown): boolean {
  return storageTrouble(error) === 'damaged'
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
