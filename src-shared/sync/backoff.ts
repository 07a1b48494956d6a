/** When a device tries again: later each time, and never all devices at once. */

const FIRST_MS = 1_000
const LONGEST_MS = 60_000
/** A connection that held for so long was a good one: the next try is a first one. */
export const HELD_AFTER_MS = 60_000
const RARELY_MS = 3_600_000

/**
 * Milliseconds until try number `failures` + 1, with full jitter over the upper half. `chance` is
 * from 0 up to 1.
 */
export function retryDelay(failures: number, chance: number): number {
  const longest = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 16))
  return Math.round(longest / 2 + (longest / 2) * chance)
}

/** The same for what only an update or a person can mend. */
export function rareDelay(chance: number): number {
  return Math.round(RARELY_MS / 2 + (RARELY_MS / 2) * chance)
}
