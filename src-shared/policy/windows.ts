/**
 * The stretches of time that caps count over, on the calendar of the account's time zone: hours,
 * days, weeks from Monday, months and the cycle of its plan (design: caps).
 */

import { Temporal } from 'temporal-polyfill'
import type { CapWindow } from '../catalog/policies.ts'

/** `startsAt ≤ time < endsAt`, epoch milliseconds. */
export interface Span {
  readonly startsAt: number
  readonly endsAt: number
}

export type CalendarWindow = Exclude<CapWindow, 'rolling'>

/** The windows that a moment falls into; they hold until the hour ends. */
export type Calendar = Readonly<Record<CalendarWindow, Span>>

/**
 * The windows around `at`; `cycle` is that of the account. Takes some tenths of a millisecond:
 * callers keep it until its hour ends. A day on which a clock changes is shorter or longer; an hour
 * that comes twice is two hours. Throws a RangeError when the time zone is unknown.
 */
export function calendarAt(timeZone: string, at: number, cycle: Span): Calendar {
  const today = zoned(timeZone, at).toPlainDate()
  const monday = today.subtract({ days: today.dayOfWeek - 1 })
  const first = today.with({ day: 1 })
  const between = (from: Temporal.PlainDate, to: Temporal.PlainDate): Span => ({
    startsAt: dayStart(timeZone, from),
    endsAt: dayStart(timeZone, to),
  })
  return {
    hour: hourAt(timeZone, at),
    day: between(today, today.add({ days: 1 })),
    week: between(monday, monday.add({ days: 7 })),
    month: between(first, first.add({ months: 1 })),
    // The first cycle begins in the middle of a day, before which nothing was spent.
    cycle: { startsAt: dayAt(timeZone, cycle.startsAt).startsAt, endsAt: cycle.endsAt },
  }
}

/** The local day of a moment. Throws a RangeError when the time zone is unknown. */
export function dayAt(timeZone: string, at: number): Span {
  const today = zoned(timeZone, at).toPlainDate()
  return { startsAt: dayStart(timeZone, today), endsAt: dayStart(timeZone, today.add({ days: 1 })) }
}

/** From one full hour of the local clock to the next, wherever that is when the clock is moved. */
function hourAt(timeZone: string, at: number): Span {
  const startsAt = fullHour(timeZone, at)
  let endsAt = at - (at % QUARTER) + QUARTER
  while (fullHour(timeZone, endsAt) === startsAt) endsAt += QUARTER
  return { startsAt, endsAt }
}

/** In every time zone, hours and days begin on a quarter hour. */
export const QUARTER = 15 * 60_000

function fullHour(timeZone: string, at: number): number {
  return zoned(timeZone, at).round({ smallestUnit: 'hour', roundingMode: 'floor' })
    .epochMilliseconds
}

function zoned(timeZone: string, at: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone)
}

/** First moment of a local day: midnight, or the end of the gap where a clock change skips it. */
function dayStart(timeZone: string, date: Temporal.PlainDate): number {
  return date.toZonedDateTime({ timeZone }).epochMilliseconds
}
