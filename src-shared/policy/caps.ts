/**
 * Caps: limits on what may be spent in a stretch of time (design: caps). Every cap in force must
 * allow a run; so the tightest wins.
 *
 * A rolling window of `m` minutes counts by whole minutes of the clock: a run counts from the
 * minute it was held in until `m` minutes after that minute has ended. So in no stretch of `m`
 * minutes is more than the limit spent, and what was spent counts for less than a minute too long.
 */

import { type Credits, subtractCredits } from '../credits/amount.ts'
import type { Cap } from '../catalog/policies.ts'
import { type Series, slotsFrom, sumFrom } from './series.ts'
import { counterOf, counts, type RunScope, spentBy, type Spending } from './spending.ts'
import type { Calendar } from './windows.ts'

/** A cap that a run would pass. */
export interface CapReached {
  readonly capId: string
  readonly name: string
  readonly limit: Credits
  /** Spent or held within the window so far. */
  readonly used: Credits
  /** When the run would fit if nothing else ran; null when it alone is above the limit. */
  readonly resetsAt: number | null
}

export type CapCheck =
  /** `warnings`: the soft caps it passes. */
  | { readonly ok: true; readonly warnings: readonly CapReached[] }
  | { readonly ok: false; readonly refusal: CapReached; readonly warnings: readonly CapReached[] }

/** What is counted, and the windows around the moment of asking. */
export interface CapBooks {
  readonly spending: Spending
  readonly calendar: Calendar
}

/** What a cap counts for one run: how much so far, and since when. */
interface CapStanding {
  readonly cap: Cap
  readonly spent: Series
  readonly from: number
  readonly used: Credits
}

const MINUTE = 60_000

/**
 * Whether the caps allow a run that may cost `maximum` at `at`, a moment within `calendar`. Of the
 * hard caps that refuse, the one with the least room is named, with the moment at which all of them
 * would allow it. A run that can cost nothing passes every cap. Throws for a cap that is not
 * watched.
 */
export function checkCaps(
  caps: readonly Cap[],
  books: CapBooks,
  run: RunScope,
  maximum: Credits,
  at: number,
): CapCheck {
  if (maximum === 0) return { ok: true, warnings: [] }
  const passed = standingsOf(caps, books, run, at).filter(
    ({ cap, used }) => used + maximum > cap.limit,
  )
  const reached = (one: CapStanding) => describe(one, books.calendar, maximum)
  const warnings = passed.filter(({ cap }) => cap.kind === 'soft').map(reached)
  const refusals = passed
    .filter(({ cap }) => cap.kind === 'hard')
    .sort(byRoom)
    .map(reached)
  const [tightest] = refusals
  if (!tightest) return { ok: true, warnings }
  return { ok: false, refusal: { ...tightest, resetsAt: latest(refusals) }, warnings }
}

/** The most a run may cost under the hard caps at `at`; null if none counts it. */
export function roomUnder(
  caps: readonly Cap[],
  books: CapBooks,
  run: RunScope,
  at: number,
): Credits | null {
  const hard = standingsOf(caps, books, run, at).filter(({ cap }) => cap.kind === 'hard')
  const [tightest] = hard.sort(byRoom)
  return tightest ? (Math.max(0, roomOf(tightest)) as Credits) : null
}

/** What has been used of a cap; of a cap for `each` member, by one of them. */
export interface CapUse {
  /** The values of the fields that count `each`; empty for a cap that counts all together. */
  readonly of: readonly string[]
  readonly used: Credits
  /** When all of it is free again; for a rolling window, if nothing else runs. */
  readonly resetsAt: number
}

/** What is used of a cap at `at`, largest first; an unused cap has a single use of zero. */
export function usesOf(cap: Cap, { spending, calendar }: CapBooks, at: number): readonly CapUse[] {
  const from = startOf(cap, calendar, at)
  const uses = counterOf(spending, cap)
    .shares.map(({ of, spent }): CapUse => {
      const last = [...slotsFrom(spent, from)].findLast(([, amount]) => amount > 0)
      const resetsAt =
        cap.window === 'rolling' ? leaves(cap, last?.[0] ?? at) : calendar[cap.window].endsAt
      return { of, used: sumFrom(spent, from), resetsAt }
    })
    .filter(({ used }) => used > 0)
    .sort((left, right) => right.used - left.used)
  if (uses.length > 0) return uses
  const resetsAt = cap.window === 'rolling' ? at : calendar[cap.window].endsAt
  return [{ of: [], used: 0 as Credits, resetsAt }]
}

function standingsOf(
  caps: readonly Cap[],
  { spending, calendar }: CapBooks,
  run: RunScope,
  at: number,
): CapStanding[] {
  return caps
    .filter((cap) => counts(cap, run))
    .map((cap) => {
      const spent = spentBy(counterOf(spending, cap), run)
      const from = startOf(cap, calendar, at)
      return { cap, spent, from, used: sumFrom(spent, from) }
    })
}

/** The first slot that a cap's window counts. */
function startOf(cap: Cap, calendar: Calendar, at: number): number {
  if (cap.window !== 'rolling') return calendar[cap.window].startsAt
  return at - (at % MINUTE) - (cap.minutes ?? 0) * MINUTE
}

/** When a slot of a rolling window no longer counts. */
function leaves(cap: Cap, slot: number): number {
  return slot + ((cap.minutes ?? 0) + 1) * MINUTE
}

const roomOf = ({ cap, used }: CapStanding) => cap.limit - used

function byRoom(left: CapStanding, right: CapStanding): number {
  return roomOf(left) - roomOf(right) || (left.cap.id < right.cap.id ? -1 : 1)
}

function describe(standing: CapStanding, calendar: Calendar, maximum: Credits): CapReached {
  const { cap, used } = standing
  const { id: capId, name, limit } = cap
  return { capId, name, limit, used, resetsAt: fitsAt(standing, calendar, maximum) }
}

function fitsAt(standing: CapStanding, calendar: Calendar, maximum: Credits): number | null {
  const { cap, spent, from } = standing
  if (maximum > cap.limit) return null
  if (cap.window !== 'rolling') return calendar[cap.window].endsAt
  let used = standing.used
  for (const [slot, amount] of slotsFrom(spent, from)) {
    used = subtractCredits(used, amount)
    if (used + maximum <= cap.limit) return leaves(cap, slot)
  }
  throw new Error(`Cap ${cap.id} refuses a run that it has room for`)
}

function latest(refusals: readonly CapReached[]): number | null {
  return refusals.reduce<number | null>(
    (last, { resetsAt }) => (last === null || resetsAt === null ? null : Math.max(last, resetsAt)),
    0,
  )
}
