/**
 * Monthly plan cycles by the anchor-day rule, in the account's time zone. The first cycle begins at
 * the moment of sign-up; every later one at the first moment of the anchor day, which is the day of
 * the month of sign-up, or the month's last day where the month is shorter. Each start is computed
 * from the anchor, never from the cycle before, so a 31st that fell on 28 February is the 31st
 * again in March.
 */

import { Temporal } from 'temporal-polyfill'

/** What an account's cycles are computed from; kept with the account. */
export interface CycleAnchor {
  /** IANA name, e.g. `Europe/Berlin`. */
  readonly timeZone: string
  /** Moment of sign-up, epoch milliseconds. */
  readonly startsAt: number
}

/** One month of a plan: `startsAt ≤ time < endsAt`, epoch milliseconds. */
export interface Cycle {
  /** 0 is the cycle of sign-up. */
  readonly index: number
  readonly startsAt: number
  readonly endsAt: number
  /** Day on which it starts in the account's time zone, `2026-11-30`. */
  readonly startDate: string
}

/**
 * The cycle that `now` falls into. Throws a RangeError when `now` is before the anchor or the time
 * zone is unknown.
 */
export function cycleAt(anchor: CycleAnchor, now: number): Cycle {
  if (now < anchor.startsAt) throw new RangeError('There is no cycle before the account began')
  // A first guess by the UTC calendar. Moments decide, not dates: where clocks go back over
  // midnight, a date occurs twice.
  let cycle = cycleOfIndex(anchor, Math.max(0, monthsBetween(anchor.startsAt, now)))
  while (now < cycle.startsAt) cycle = cycleOfIndex(anchor, cycle.index - 1)
  while (now >= cycle.endsAt) cycle = cycleOfIndex(anchor, cycle.index + 1)
  return cycle
}

function monthsBetween(earlier: number, later: number): number {
  const [from, to] = [new Date(earlier), new Date(later)]
  return (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth()
}

/**
 * Whether a text names a time zone that days and cycles can be computed in. An offset such as
 * `+01:00` has no rules for summer time, so it does not.
 */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z]/.test(text)) return false
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text)
    return true
  } catch {
    return false
  }
}

/**
 * Computing a cycle by the calendar takes a tenth of a millisecond, and rules ask for the same few
 * often.
 */
const computed = new Map<string, Cycle>()
const MOST_COMPUTED = 10_000

/** The cycle of an index; 0 is that of sign-up. */
export function cycleOfIndex(anchor: CycleAnchor, index: number): Cycle {
  const key = `${anchor.startsAt} ${index} ${anchor.timeZone}`
  const known = computed.get(key)
  if (known) return known
  if (computed.size >= MOST_COMPUTED) computed.clear()
  const cycle = cycleOf(anchor, localDate(anchor, anchor.startsAt), index)
  computed.set(key, cycle)
  return cycle
}

/** The cycle that follows. */
export function nextCycle(anchor: CycleAnchor, cycle: Cycle): Cycle {
  return cycleOfIndex(anchor, cycle.index + 1)
}

function cycleOf(anchor: CycleAnchor, anchorDate: Temporal.PlainDate, index: number): Cycle {
  const startsOn = startDay(anchorDate, index)
  return {
    index,
    startsAt: index === 0 ? anchor.startsAt : startOfDay(startsOn, anchor.timeZone),
    endsAt: startOfDay(startDay(anchorDate, index + 1), anchor.timeZone),
    startDate: startsOn.toString(),
  }
}

function localDate({ timeZone }: CycleAnchor, time: number): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(timeZone).toPlainDate()
}

/** The anchor day `index` months later; a day the month lacks becomes its last. */
function startDay(anchorDate: Temporal.PlainDate, index: number): Temporal.PlainDate {
  return anchorDate.add({ months: index }, { overflow: 'constrain' })
}

/** First moment of a local day: midnight, or the end of the gap where a clock change skips it. */
function startOfDay(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime({ timeZone }).epochMilliseconds
}
