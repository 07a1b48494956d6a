/** Auto-refill looks once a pool has changed: soon, once for many changes, one account at a time. */

import type { Log } from '#shared/ports/log.ts'
import type { Timers } from '#shared/ports/time.ts'

export interface RefillWatch {
  changed(accountId: string): void
  close(): Promise<void>
}

/** Machines tell of runs in bursts. */
const SOON_MS = 500

export function createRefillWatch({
  timers,
  log,
  look,
}: {
  readonly timers: Timers
  readonly log: Log
  look(accountId: string): Promise<void>
}): RefillWatch {
  let waiting = new Set<string>()
  let cancel: (() => void) | null = null
  let working: Promise<void> = Promise.resolve()

  async function lookAtAll(): Promise<void> {
    const accounts = waiting
    waiting = new Set()
    for (const accountId of accounts) {
      await look(accountId).catch((error: unknown) =>
        log.error('Auto-refill could not look', { accountId, error }),
      )
    }
  }

  return {
    changed(accountId) {
      waiting.add(accountId)
      cancel ??= timers.after(SOON_MS, () => {
        cancel = null
        working = working.then(lookAtAll)
      })
    },
    async close() {
      cancel?.()
      await working
    },
  }
}
