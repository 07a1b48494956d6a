/** A clock and timers that only move when a test says so. */

import type { Clock, Timers } from '#shared/ports/time.ts'

export interface ManualTime extends Clock, Timers {
  /** Moves time on, running what falls due in order; lets promises settle in between. */
  advance(ms: number): Promise<void>
  /** Sets the wall clock alone, as a person may. */
  setWallClock(now: number): void
  /** Forgets every timer, as the death of a process does. */
  forgetTimers(): void
}

export const START = Date.UTC(2026, 10, 21, 12)

export function createManualTime(start = START): ManualTime {
  let elapsed = 0
  let offset = start
  let pending: { readonly at: number; readonly run: () => void }[] = []

  return {
    now: () => offset + elapsed,
    monotonic: () => elapsed,
    after(delayMs, run) {
      const timer = { at: elapsed + delayMs, run }
      pending.push(timer)
      return () => {
        pending = pending.filter((other) => other !== timer)
      }
    },
    async advance(ms) {
      const until = elapsed + ms
      await settle()
      for (;;) {
        const due = pending.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0]
        if (!due) break
        pending = pending.filter((other) => other !== due)
        elapsed = Math.max(elapsed, due.at)
        due.run()
        await settle()
      }
      elapsed = until
      await settle()
    },
    setWallClock(now) {
      offset = now - elapsed
    },
    forgetTimers() {
      pending = []
    },
  }
}

/** Lets everything that waits for promises alone come to rest. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
  await new Promise((resolve) => setImmediate(resolve))
}
