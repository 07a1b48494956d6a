/** Geometry of the usage chart: which column each day falls in, how parts stack, where lines go. */

import { Temporal } from 'temporal-polyfill'
import { type Credits, ZERO, addCredits, millicredits } from '#shared/credits/amount.ts'
import type { UsageDay } from '#shared/usage/views.ts'
import { niceTicks } from '../../kit/chart-ticks.ts'
import type { DaySpan } from './date-range.ts'

/** Operations with a colour of their own; the rest share "Other". */
export const MAX_SERIES = 6
const MAX_DAY_COLUMNS = 62
const MAX_WEEK_COLUMNS = 53
const MAX_COLUMNS = 600

export type ColumnStep = 'day' | 'week' | 'month'

export interface ChartSeries {
  /** Null is "Other": the operations that have no colour of their own. */
  readonly operation: string | null
  readonly name: string
  readonly total: Credits
}

export interface ChartSegment {
  /** Index into `series`. */
  readonly series: number
  readonly charged: Credits
  /** Fractions of the plot's height, from the bottom. */
  readonly from: number
  readonly to: number
}

export interface ChartColumn {
  readonly days: DaySpan
  readonly total: Credits
  readonly segments: readonly ChartSegment[]
}

export interface UsageChart {
  readonly step: ColumnStep
  readonly series: readonly ChartSeries[]
  readonly columns: readonly ChartColumn[]
  readonly ticks: readonly { readonly value: Credits; readonly at: number }[]
  readonly total: Credits
}

/**
 * Lays out the days of `span`, also those without usage; all time (null) runs from the first day
 * used to `today`. Up to two months are shown by day, up to a year by week, longer by month.
 */
export function layoutUsageChart(
  days: readonly UsageDay[],
  span: DaySpan | null,
  today: string,
): UsageChart {
  const shown = span ?? usedSpan(days, today)
  const step = chooseStep(shown)
  const series = rankSeries(days)
  const seriesOf = new Map(series.map(({ operation }, index) => [operation, index]))
  const buckets = new Map(columnSpans(shown, step).map((each) => [each.first, emptyBucket(each)]))
  for (const { day, parts } of days) {
    const bucket = buckets.get(columnStart(day, shown, step))
    if (!bucket) continue
    for (const { operation, charged } of parts) {
      const index = seriesOf.get(operation) ?? seriesOf.get(null) ?? 0
      bucket.amounts.set(index, addCredits(bucket.amounts.get(index) ?? ZERO, charged))
    }
  }
  const totals = [...buckets.values()].map(({ amounts }) => addCredits(...amounts.values()))
  const highest = totals.reduce((top, each) => (each > top ? each : top), ZERO)
  const ticks = niceTicks(highest).map(millicredits)
  const top = ticks.at(-1) ?? ZERO
  return {
    step,
    series,
    columns: [...buckets.values()].map((bucket) => stack(bucket, top)),
    ticks: ticks.map((value) => ({ value, at: top === 0 ? 0 : value / top })),
    total: addCredits(...totals),
  }
}

interface ColumnBucket {
  readonly days: DaySpan
  readonly amounts: Map<number, Credits>
}

function emptyBucket(days: DaySpan): ColumnBucket {
  return { days, amounts: new Map() }
}

function stack({ days, amounts }: ColumnBucket, top: Credits): ChartColumn {
  let below = ZERO
  const segments: ChartSegment[] = []
  for (const [series, charged] of [...amounts].sort(([left], [right]) => left - right)) {
    if (charged <= 0) continue
    const above = addCredits(below, charged)
    segments.push({ series, charged, from: below / top, to: above / top })
    below = above
  }
  return { days, total: below, segments }
}

/** The operations that cost most first; beyond `MAX_SERIES` they become one "Other". */
function rankSeries(days: readonly UsageDay[]): readonly ChartSeries[] {
  const totals = new Map<string, { name: string; total: Credits }>()
  for (const { parts } of days) {
    for (const { operation, operationName, charged } of parts) {
      const total = addCredits(totals.get(operation)?.total ?? ZERO, charged)
      totals.set(operation, { name: operationName, total })
    }
  }
  const ranked = [...totals]
    .map(([operation, { name, total }]) => ({ operation, name, total }))
    .sort((left, right) => right.total - left.total || (left.operation < right.operation ? -1 : 1))
  if (ranked.length <= MAX_SERIES) return ranked
  const rest = ranked.slice(MAX_SERIES - 1)
  const other = { operation: null, name: 'Other', total: addCredits(...rest.map((r) => r.total)) }
  return [...ranked.slice(0, MAX_SERIES - 1), other]
}

function usedSpan(days: readonly UsageDay[], today: string): DaySpan {
  const used = days.map(({ day }) => day).sort()
  const first = used[0] ?? today
  const last = used.at(-1) ?? today
  return { first: first < today ? first : today, last: last > today ? last : today }
}

function chooseStep({ first, last }: DaySpan): ColumnStep {
  const length = Temporal.PlainDate.from(first).until(last, { largestUnit: 'days' }).days + 1
  if (length <= MAX_DAY_COLUMNS) return 'day'
  return length <= MAX_WEEK_COLUMNS * 7 ? 'week' : 'month'
}

/** The first day of the column that holds `day`, clipped to the span. Weeks start on Monday. */
function columnStart(day: string, span: DaySpan, step: ColumnStep): string {
  if (step === 'day') return day
  const date = Temporal.PlainDate.from(day)
  const start =
    step === 'week' ? date.subtract({ days: date.dayOfWeek - 1 }) : date.with({ day: 1 })
  const text = start.toString()
  return text < span.first ? span.first : text
}

function columnSpans(span: DaySpan, step: ColumnStep): readonly DaySpan[] {
  const spans: DaySpan[] = []
  let start = Temporal.PlainDate.from(span.first)
  const end = Temporal.PlainDate.from(span.last)
  while (Temporal.PlainDate.compare(start, end) <= 0 && spans.length < MAX_COLUMNS) {
    const next = nextColumn(start, step)
    const last = next.subtract({ days: 1 })
    const clipped = Temporal.PlainDate.compare(last, end) > 0 ? end : last
    spans.push({ first: start.toString(), last: clipped.toString() })
    start = next
  }
  return spans
}

function nextColumn(start: Temporal.PlainDate, step: ColumnStep): Temporal.PlainDate {
  if (step === 'day') return start.add({ days: 1 })
  if (step === 'week') return start.add({ days: 8 - start.dayOfWeek })
  return start.with({ day: 1 }).add({ months: 1 })
}

/** The colour of a series, 1–8 as in the tokens; "Other" is the grey one. */
export function seriesColour(series: readonly ChartSeries[], index: number): number {
  return series[index]?.operation === null ? 8 : index + 1
}
