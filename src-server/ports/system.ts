/** The machine's own clock, ids and randomness. */

import { randomBytes } from 'node:crypto'
import { v7 } from 'uuid'
import type { Ids } from '#shared/ports/ids.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import type { Chance } from './chance.ts'

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
}

export const systemTimers: Timers = {
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return () => clearTimeout(timer)
  },
}

export const systemIds: Ids = { next: () => v7() }

export const systemChance: Chance = { bytes: (count) => randomBytes(count) }
