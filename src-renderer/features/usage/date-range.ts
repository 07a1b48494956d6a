/** Which days of the usage history are meant, in the account's time zone. */

import { Temporal } from 'temporal-polyfill'

export const RANGE_PRESETS = [
  'today',
  '7-days',
  '30-days',
  'this-month',
  'last-month',
  'all',
] as const
export type RangePreset = (typeof RANGE_PRESETS)[number]

export const RANGE_LABELS: Readonly<Record<RangePreset, string>> = {
  today: 'Today',
  '7-days': 'Last 7 days',
  '30-days': 'Last 30 days',
  'this-month': 'This month',
  'last-month': 'Last month',
  all: 'All time',
}

/** Whole days, both inclusive, `YYYY-MM-DD`. */
export interface DaySpan {
  readonly first: string
  readonly last: string
}

export type DateRange = { readonly preset: RangePreset } | { readonly days: DaySpan }

/** Today's date where the account lives. */
export function dayOf(at: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString()
}

/** The days of a range, counted from `today`; null for all time, which has no first day. */
export function rangeDays(range: DateRange, today: string): DaySpan | null {
  if ('days' in range) return range.days
  const date = Temporal.PlainDate.from(today)
  switch (range.preset) {
    case 'today':
      return { first: today, last: today }
    case '7-days':
      return { first: date.subtract({ days: 6 }).toString(), last: today }
    case '30-days':
      return { first: date.subtract({ days: 29 }).toString(), last: today }
    case 'this-month':
      return { first: date.with({ day: 1 }).toString(), last: today }
    case 'last-month': {
      const first = date.with({ day: 1 }).subtract({ months: 1 })
      return { first: first.toString(), last: first.with({ day: first.daysInMonth }).toString() }
    }
    case 'all':
      return null
  }
}

export interface Moments {
  readonly from?: number
  readonly to?: number
}

/** The moments a span of days covers: `from` inclusive, `to` exclusive. Days may be 23 or 25 hours. */
export function spanMoments(span: DaySpan, timeZone: string): Required<Moments> {
  const startOf = (date: Temporal.PlainDate) => date.toZonedDateTime(timeZone).epochMilliseconds
  return {
    from: startOf(Temporal.PlainDate.from(span.first)),
    to: startOf(Temporal.PlainDate.from(span.last).add({ days: 1 })),
  }
}

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Reads `2026-11-01` or `2026-11-01..2026-11-07`; null for anything else or the wrong way round. */
export function parseDaySpan(text: string): DaySpan | null {
  const [first = '', last = first, ...rest] = text.split('..')
  if (rest.length > 0 || !isDay(first) || !isDay(last) || last < first) return null
  return { first, last }
}

export function formatDaySpan({ first, last }: DaySpan): string {
  return first === last ? first : `${first}..${last}`
}

/** Whether the text is a date that exists, between 1970 and 2199. */
export function isDay(text: string): boolean {
  if (!DAY.test(text) || text < '1970-01-02' || text > '2199-12-31') return false
  try {
    Temporal.PlainDate.from(text, { overflow: 'reject' })
    return true
  } catch {
    return false
  }
}
