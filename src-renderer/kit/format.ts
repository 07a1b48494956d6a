/** How amounts, times and counts read everywhere. Times are epoch milliseconds. */

import { type Credits, MILLICREDITS_PER_CREDIT } from '#shared/credits/amount.ts'
import { formatCount, formatCredits } from '#shared/credits/format.ts'

export { formatCount, formatCredits }

/** An amount with its word: `1 credit`, `12 credits`. */
export function creditsInWords(amount: Credits): string {
  return `${formatCredits(amount)} ${amount === MILLICREDITS_PER_CREDIT ? 'credit' : 'credits'}`
}

/** `1 image`, `3 images`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** `0.4 s`, `12 s`, `3 min 5 s`. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1_000
  if (seconds < 9.95) return `${(Math.round(seconds * 10) / 10).toString()} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  return `${Math.floor(whole / 60)} min ${whole % 60} s`
}

/** `940 B`, `12 kB`, `3.4 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`
  return `${Math.round(bytes / 100_000) / 10} MB`
}

export type TimeStyle = 'day' | 'day-year' | 'clock' | 'moment' | 'exact'

const STYLES: Readonly<Record<TimeStyle, Intl.DateTimeFormatOptions>> = {
  day: { day: 'numeric', month: 'short' },
  'day-year': { day: 'numeric', month: 'short', year: 'numeric' },
  clock: { hour: '2-digit', minute: '2-digit' },
  moment: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  exact: {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'short',
  },
}

const WITHOUT_YEAR: ReadonlySet<TimeStyle> = new Set(['day', 'moment'])

/** The style that leaves no doubt: as asked for within the year of `now`, else the day with its year. */
export function styleWithin(
  now: number,
  at: number,
  timeZone: string,
  style: TimeStyle = 'moment',
): TimeStyle {
  if (!WITHOUT_YEAR.has(style)) return style
  const yearOf = (time: number) => formatTime(time, timeZone, 'day-year').slice(-4)
  return yearOf(at) === yearOf(now) ? style : 'day-year'
}

const formatters = new Map<string, Intl.DateTimeFormat>()

/** A moment in the account's time zone: day `1 Dec`, clock `14:05`, moment `1 Dec, 14:05`. */
export function formatTime(at: number, timeZone: string, style: TimeStyle = 'moment'): string {
  const key = `${style} ${timeZone}`
  let formatter = formatters.get(key)
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-GB', { ...STYLES[style], timeZone, hourCycle: 'h23' })
    formatters.set(key, formatter)
  }
  return formatter.format(at)
}
