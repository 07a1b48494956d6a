/** Whether the disk under an open ledger would still take an entry. */

import { open, rm, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { HostError } from '#shared/result.ts'
import { LEDGER_FILE } from '../ledger/damage.ts'
import { storageFailure } from '../ledger/storage-errors.ts'

/** Checks once; null if all is well. With `write` it tries the disk too, as after a failure. */
export type LedgerProbe = (write: boolean) => Promise<HostError | null>

const PROBE_FILE = 'ledger.probe'
const PROBE_BYTES = 64 * 1024

/** Made when the ledger in `directory` has just been opened. */
export function createLedgerProbe(directory: string): LedgerProbe {
  const file = join(directory, LEDGER_FILE)
  const opened = stat(file).then(({ ino, dev }) => ({ ino, dev }))
  // A ledger that is already gone is reported at the first look.
  opened.catch(() => undefined)
  return async (write) => {
    try {
      const [was, is] = [await opened, await stat(file)]
      if (is.ino !== was.ino || is.dev !== was.dev) return GONE
      const { bavail } = await statfs(directory)
      if (bavail === 0) return FULL
      if (write) await tryToWrite(join(directory, PROBE_FILE))
      return null
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return GONE
      const failed = storageFailure(error)
      if (!failed) throw error
      return failed.error
    }
  }
}

async function tryToWrite(file: string): Promise<void> {
  const handle = await open(file, 'w', 0o600)
  try {
    await handle.writeFile(Buffer.alloc(PROBE_BYTES))
    await handle.sync()
  } finally {
    await handle.close()
    await rm(file, { force: true })
  }
}

const GONE: HostError = {
  code: 'ledger_gone',
  message:
    'The ledger file was moved or deleted while Tallystick has it open. Put it back where it was; until then nothing can be run.',
}

const FULL: HostError = {
  code: 'disk_full',
  message: 'The disk is full, so nothing can be recorded. Free some space.',
}
