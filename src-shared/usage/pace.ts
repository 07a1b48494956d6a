/** How fast credits are used, and when they run out at that pace. */

import { type Credits, millicredits } from '../credits/amount.ts'
import type { Cycle } from '../account/cycle.ts'

const DAY = 24 * 60 * 60 * 1_000

export interface PaceInput {
  /** Spent since the cycle began. */
  readonly spent: Credits
  /** What may be spent now. */
  readonly available: Credits
  readonly cycle: Pick<Cycle, 'startsAt' | 'endsAt'>
  readonly now: number
}

export interface Pace {
  /** Per day since the cycle began, rounded to the nearest millicredit. */
  readonly perDay: Credits
  /** When `available` is used up at this pace; null when the cycle ends first. */
  readonly runsOutAt: number | null
}

/**
 * The pace of the cycle so far. The first day counts as a whole one, or a single run in its first
 * minute would look like a flood. Throws a RangeError on negative amounts.
 */
export function paceOf({ spent, available, cycle, now }: PaceInput): Pace {
  if (spent < 0 || available < 0) throw new RangeError('Pace needs amounts of zero or more')
  const elapsed = BigInt(Math.max(now - cycle.startsAt, DAY))
  const perDay = (2n * BigInt(spent) * BigInt(DAY) + elapsed) / (2n * elapsed)
  return {
    perDay: millicredits(Number(perDay)),
    runsOutAt: available === 0 ? now : runsOutAt(BigInt(spent), BigInt(available)),
  }

  function runsOutAt(used: bigint, left: bigint): number | null {
    if (used === 0n) return null
    const at = BigInt(now) + (left * elapsed) / used
    return at < BigInt(cycle.endsAt) ? Number(at) : null
  }
}
