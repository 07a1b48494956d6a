/** Days and months of an account: in its own time zone. */

import { Temporal } from 'temporal-polyfill'
import type { Expiry } from '../catalog/offers.ts'
import { type CycleAnchor, cycleAt, nextCycle } from './cycle.ts'

/** First moment of a calendar day. */
export function dayStart(date: string, timeZone: string): number {
  return Temporal.PlainDate.from(date).toZonedDateTime({ timeZone }).epochMilliseconds
}

/** First moment after a calendar day. */
export function dayEnd(date: string, timeZone: string): number {
  const next = Temporal.PlainDate.from(date).add({ days: 1 })
  return next.toZonedDateTime({ timeZone }).epochMilliseconds
}

/** The same day and time a number of months later; a day the month lacks becomes its last. */
export function monthsAfter(at: number, months: number, timeZone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(timeZone)
    .add({ months }, { overflow: 'constrain' }).epochMilliseconds
}

/** When credits granted at a moment end; null for never. */
export function expiryMoment(expiry: Expiry, at: number, timeZone: string): number | null {
  switch (expiry.kind) {
    case 'never':
      return null
    case 'months':
    case 'pool':
      return monthsAfter(at, expiry.months, timeZone)
    case 'date':
      return dayEnd(expiry.date, timeZone)
  }
}

/** The end of the cycle that is `cycles` after that of `at`; null for never. */
export function cyclesAfter(anchor: CycleAnchor, at: number, cycles: number | null): number | null {
  if (cycles === null) return null
  let cycle = cycleAt(anchor, at)
  for (let further = 0; further < cycles; further++) cycle = nextCycle(anchor, cycle)
  return cycle.endsAt
}
