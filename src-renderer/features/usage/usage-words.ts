/** How the usage history reads: studios, statuses, outcomes and days. */

import type { UsageGrouping, UsageStatus } from '#shared/usage/filter.ts'
import type { UsageRow } from '#shared/usage/views.ts'
import type { BadgeTone } from '../../kit/badge.tsx'
import { OUTCOME_NAMES } from '../../words/ending-words.ts'
import { type DateRange, type DaySpan, isDay, RANGE_LABELS } from './date-range.ts'

export const STATUS_NAMES: Readonly<Record<UsageStatus, string>> = {
  running: 'Running',
  settled: 'Charged',
  voided: 'Not charged',
}

export const NO_SUBJECT = 'No subject'

interface StatusWords {
  readonly text: string
  readonly tone: BadgeTone
}

/** What the status column says: how it ended, or that it was not charged. */
export function statusWords({
  status,
  outcome,
}: Pick<UsageRow, 'status' | 'outcome'>): StatusWords {
  if (status === 'running') return { text: 'Running', tone: 'accent' }
  if (status === 'voided') return { text: 'Not charged', tone: 'plain' }
  if (outcome === null || outcome === 'completed') return { text: 'Completed', tone: 'good' }
  if (outcome === 'reused') return { text: OUTCOME_NAMES.reused, tone: 'good' }
  return { text: OUTCOME_NAMES[outcome], tone: 'caution' }
}

const dayFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  timeZone: 'UTC',
})
const yearFormat = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})

/** `3 Nov`, or `3 Nov 2025` in another year than `today`. The day is a date, not a moment. */
function dayName(day: string, today: string): string {
  const format = day.slice(0, 4) === today.slice(0, 4) ? dayFormat : yearFormat
  return format.format(Date.parse(`${day}T00:00:00Z`))
}

/** `3 Nov`, `3–9 Nov` written out: `3 Nov to 9 Nov`. */
export function spanName({ first, last }: DaySpan, today: string): string {
  const start = dayName(first, today)
  return first === last ? start : `${start} to ${dayName(last, today)}`
}

export function rangeName(range: DateRange, today: string): string {
  return 'days' in range ? spanName(range.days, today) : RANGE_LABELS[range.preset]
}

/** What a group is called; the host's label where it knows better than the key. */
export function groupName(
  { key, label }: { readonly key: string; readonly label: string },
  by: UsageGrouping,
  today: string,
): string {
  if (by === 'day') return isDay(key) ? dayName(key, today) : label
  if (by === 'status') return isStatus(key) ? STATUS_NAMES[key] : label
  if (by === 'subject' && key === '') return NO_SUBJECT
  return label
}

function isStatus(key: string): key is UsageStatus {
  return Object.hasOwn(STATUS_NAMES, key)
}
