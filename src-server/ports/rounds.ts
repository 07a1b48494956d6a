/** Work repeated in rounds: after a pause, or soon when there is something to do. */

import type { Timers } from '#shared/ports/time.ts'

export interface Rounds {
  /** Starts the next round at once, or after the current one; once, however often it is called. */
  soon(): void
  /** Stops the rounds; resolves when the current one is done. */
  close(): Promise<void>
}

export interface RoundsPlan {
  readonly timers: Timers
  /** The pause between two rounds. */
  readonly everyMs: number
  /** Before the first. */
  readonly firstMs: number
  work(): Promise<unknown>
  /** Called when a round failed; the next one comes all the same. */
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
