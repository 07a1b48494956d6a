/** Time as the host's services see it: passed in, so that tests and the simulator own it. */

export interface Timers {
  /** Runs `run` once, after `delayMs` milliseconds; calling what it returns prevents that. */
  after(delayMs: number, run: () => void): () => void
}

export interface Clock {
  /** Wall clock, epoch milliseconds. */
  now(): number
  /** Milliseconds since some fixed moment; never goes back. */
  monotonic(): number
}

export const systemTimers: Timers = {
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}

/** Waits `delayMs`, or until `signal` aborts; true when the whole time has passed. */
export function sleep(timers: Timers, delayMs: number, signal?: AbortSignal): Promise<boolean> {
  if (signal?.aborted) return Promise.resolve(false)
  return new Promise((resolve) => {
    const finish = (passed: boolean) => {
      cancel()
      signal?.removeEventListener('abort', onAbort)
      resolve(passed)
    }
    const onAbort = () => finish(false)
    const cancel = timers.after(delayMs, () => finish(true))
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}
