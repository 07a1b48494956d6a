/** What the host takes from the outside: passed in, so that the same code runs in a simulator. */

import { v7 } from 'uuid'

export interface Clock {
  /** Epoch milliseconds. */
  now(): number
}

export interface Timers {
  /** Runs `task` once after `ms`; returns the cancel. */
  after(ms: number, task: () => void): () => void
}

export interface Ids {
  /** A new UUID, later ones sorting after earlier ones. */
  next(): string
}

export interface Random {
  /** From 0 up to, not including, 1. */
  next(): number
}

export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

export const systemClock: Clock = { now: () => Date.now() }

export const systemTimers: Timers = {
  after(ms, task) {
    const timer = setTimeout(task, ms)
    return () => clearTimeout(timer)
  },
}

export const systemIds: Ids = { next: () => v7() }

export const systemRandom: Random = { next: () => Math.random() }

/** Resolves after `ms`, or at once when `signal` aborts. */
export function sleep(timers: Timers, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const cancel = timers.after(ms, done)
    signal.addEventListener('abort', done)
    function done() {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}
