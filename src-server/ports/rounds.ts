/** Work that is repeated: after a pause, or soon when there is something to do. */

import type { Timers } from '#shared/ports/time.ts'

export interface Rounds {
  /** The next round comes at once, or after the one under way; once, however often it is asked for. */
  soon(): void
  /** No more rounds; resolves when the one under way is over. */
  close(): Promise<void>
}

export interface RoundsPlan {
  readonly timers: Timers
  /** The pause between two rounds. */
  readonly everyMs: number
  /** Before the first. */
  readonly firstMs: number
  work(): Promise<unknown>
  /** A round that failed; the next comes all the same. */
  failed(error: unknown): void
}

/** Starts rounds; never two at a time. */
export function startRounds({ timers, everyMs, firstMs, work, failed }: RoundsPlan): Rounds {
  let isClosed = false
  let isWanted = false
  let isWorking = false
  let current: Promise<void> = Promise.resolve()
  let cancel = timers.after(firstMs, round)

  function round(): void {
    isWanted = false
    isWorking = true
    current = work()
      .then(() => undefined, failed)
      .finally(() => {
        isWorking = false
        if (!isClosed) cancel = timers.after(isWanted ? 0 : everyMs, round)
      })
  }

  return {
    soon() {
      if (isWanted || isClosed) return
      isWanted = true
      if (isWorking) return
      cancel()
      cancel = timers.after(0, round)
    },
    async close() {
      isClosed = true
      cancel()
      await current
    },
  }
}
