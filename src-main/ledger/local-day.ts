import { Temporal } from 'temporal-polyfill'

/**
 * The start and end of local days. Remembers the last day asked for, which is nearly always the
 * next one asked for.
 */
export interface DayClock {
  /** The IANA name of the days' time zone. */
  timeZone(): string
  /** `YYYY-MM-DD` of a moment in the account's time zone. */
  dayOf(at: number): string
  /** First millisecond of that day. */
  startOf(day: string): number
  /** First millisecond after that day. */
  endOf(day: string): number
}

/** A day clock whose zone can be changed. */
export interface ChangingDayClock extends DayClock {
  /** Throws like `createDayClock`. */
  changeTo(timeZone: string): void
}

/** Throws a RangeError when the zone is not an IANA time zone. */
export function createDayClock(timeZone: string): DayClock {
  const startOf = (day: string) =>
    Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds
  const endOf = (day: string) => startOf(Temporal.PlainDate.from(day).add({ days: 1 }).toString())
  const dayAt = (at: number) =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate().toString()
  let known = { day: dayAt(0), from: 0, to: 0 }
  return {
    timeZone: () => timeZone,
    startOf,
    endOf,
    dayOf(at) {
      if (at < known.from || at >= known.to) {
        const day = dayAt(at)
        known = { day, from: startOf(day), to: endOf(day) }
      }
      return known.day
    },
  }
}

/** Throws a RangeError when the zone is not an IANA time zone. */
export function createChangingDayClock(timeZone: string): ChangingDayClock {
  let current = createDayClock(timeZone)
  return {
    timeZone: () => current.timeZone(),
    dayOf: (at) => current.dayOf(at),
    startOf: (day) => current.startOf(day),
    endOf: (day) => current.endOf(day),
    changeTo(next) {
      current = createDayClock(next)
    },
  }
}
