/** Time as services see it: passed in, so that tests and the simulator own it. */

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
