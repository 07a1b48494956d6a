/**
 * The one time of a whole world, and everything that happens at a moment of it. Nothing is read from
 * the real clock; what waits for promises alone is let come to rest between two happenings.
 */

import type { Clock, Timers } from '#shared/ports/time.ts'

/** Somebody whose timers and clock these are: a process on a machine or a server. */
export interface Owner {
  /** Its timers are gone for good. */
  isDead: boolean
  /** Its timers wait, as on a machine that is shut. */
  isAsleep: boolean
  /** How far its wall clock is off. */
  offset: number
}

export const newOwner = (offset = 0): Owner => ({ isDead: false, isAsleep: false, offset })

export interface Schedule {
  /** True time. */
  now(): number
  /** Calling what it returns prevents it. */
  at(delayMs: number, owner: Owner, run: () => void): () => void
  clockOf(owner: Owner): Clock & Timers
  /** Lets so much time pass, with all that happens in it. */
  run(ms: number): Promise<void>
}

interface Happening {
  readonly at: number
  readonly number: number
  readonly owner: Owner
  readonly run: () => void
}

export function createSchedule(startsAt: number): Schedule {
  let now = startsAt
  let numbers = 0
  let coming: Happening[] = []

  function at(delayMs: number, owner: Owner, run: () => void): () => void {
    const one = { at: now + Math.max(0, delayMs), number: ++numbers, owner, run }
    coming.push(one)
    return () => {
      coming = coming.filter((other) => other !== one)
    }
  }

  /** The first of those that may happen by then. */
  function next(until: number): Happening | null {
    let first: Happening | null = null
    for (const one of coming) {
      if (one.at > until || one.owner.isAsleep || one.owner.isDead) continue
      const isEarlier =
        !first || one.at < first.at || (one.at === first.at && one.number < first.number)
      if (isEarlier) first = one
    }
    return first
  }

  return {
    now: () => now,
    at,
    clockOf(owner) {
      const began = now
      return {
        now: () => now + owner.offset,
        monotonic: () => now - began,
        after: (delayMs, run) => at(delayMs, owner, run),
      }
    },
    async run(ms) {
      const until = now + ms
      await settle()
      for (let one = next(until); one; one = next(until)) {
        const { run } = one
        coming = coming.filter((other) => other !== one && !other.owner.isDead)
        now = Math.max(now, one.at)
        run()
        await settle()
      }
      now = until
    },
  }
}

/** Everything that waits for promises, or for its turn of the event loop, comes to rest. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve))
}
