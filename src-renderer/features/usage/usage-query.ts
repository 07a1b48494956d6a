/** What the Usage page shows, as its address holds it: a link shows the same page again. */

import { STUDIOS, type Studio } from '#shared/credits/studios.ts'
import {
  USAGE_GROUPINGS,
  USAGE_STATUSES,
  type UsageFilter,
  type UsageGrouping,
  type UsageStatus,
} from '#shared/usage/filter.ts'
import {
  type DateRange,
  type DaySpan,
  RANGE_PRESETS,
  type RangePreset,
  formatDaySpan,
  parseDaySpan,
  rangeDays,
  spanMoments,
} from './date-range.ts'

export interface UsageQuery {
  readonly range: DateRange
  /** Days picked in the chart: they narrow the table while the chart keeps its range. */
  readonly picked: DaySpan | null
  readonly studios: readonly Studio[]
  readonly operations: readonly string[]
  readonly models: readonly string[]
  /** An empty subject is work without one. */
  readonly subjects: readonly string[]
  readonly statuses: readonly UsageStatus[]
  readonly search: string
  readonly groupBy: UsageGrouping | null
}

export const DEFAULT_PRESET: RangePreset = '30-days'

export const EMPTY_QUERY: UsageQuery = {
  range: { preset: DEFAULT_PRESET },
  picked: null,
  studios: [],
  operations: [],
  models: [],
  subjects: [],
  statuses: [],
  search: '',
  groupBy: null,
}

export const LIST_FILTERS = ['studios', 'operations', 'models', 'subjects', 'statuses'] as const
export type ListFilter = (typeof LIST_FILTERS)[number]

const PARAMETERS: Readonly<Record<ListFilter, string>> = {
  studios: 'studio',
  operations: 'operation',
  models: 'model',
  subjects: 'subject',
  statuses: 'status',
}
const MAX_CHOICES = 100
const MAX_TEXT = 200

/** Reads the address. What it does not understand it leaves out, so an old link still opens. */
export function parseUsageQuery(search: string): UsageQuery {
  const parameters = new URLSearchParams(search)
  const values = (name: ListFilter) =>
    [...new Set(parameters.getAll(PARAMETERS[name]))]
      .filter((value) => value.length <= MAX_TEXT)
      .slice(0, MAX_CHOICES)
  return {
    range: parseRange(parameters.get('range')),
    picked: parseDaySpan(parameters.get('on') ?? ''),
    studios: values('studios').filter((value) => isOneOf(STUDIOS, value)),
    operations: values('operations').filter((value) => value !== ''),
    models: values('models').filter((value) => value !== ''),
    subjects: values('subjects'),
    statuses: values('statuses').filter((value) => isOneOf(USAGE_STATUSES, value)),
    search: (parameters.get('q') ?? '').slice(0, MAX_TEXT),
    groupBy: parseGrouping(parameters.get('by')),
  }
}

/** The address of a query, without the leading `?`; empty for the page as it first opens. */
export function formatUsageQuery(query: UsageQuery): string {
  const parameters = new URLSearchParams()
  const { range } = query
  if ('days' in range) parameters.set('range', formatDaySpan(range.days))
  else if (range.preset !== DEFAULT_PRESET) parameters.set('range', range.preset)
  if (query.picked) parameters.set('on', formatDaySpan(query.picked))
  for (const name of LIST_FILTERS) {
    for (const value of query[name]) parameters.append(PARAMETERS[name], value)
  }
  if (query.search !== '') parameters.set('q', query.search)
  if (query.groupBy) parameters.set('by', query.groupBy)
  return parameters.toString()
}

function parseRange(text: string | null): DateRange {
  if (text !== null && isOneOf(RANGE_PRESETS, text)) return { preset: text }
  const days = parseDaySpan(text ?? '')
  return days ? { days } : { preset: DEFAULT_PRESET }
}

function parseGrouping(text: string | null): UsageGrouping | null {
  return text !== null && isOneOf(USAGE_GROUPINGS, text) ? text : null
}

function isOneOf<T extends string>(values: readonly T[], value: string): value is T {
  return (values as readonly string[]).includes(value)
}

export interface Today {
  readonly today: string
  readonly timeZone: string
}

/** The filter of the table: everything the query narrows by. */
export function tableFilter(query: UsageQuery, when: Today): UsageFilter {
  const days = query.picked ?? rangeDays(query.range, when.today)
  return buildFilter(query, days, when)
}

/**
 * The filter of the chart: the whole range and every operation, so that picking a bar or an
 * operation leaves the others in view to pick next.
 */
export function chartFilter(query: UsageQuery, when: Today): UsageFilter {
  return buildFilter({ ...query, operations: [] }, rangeDays(query.range, when.today), when)
}

/** The filter for listing the choices of one list: all that narrows, but for that list itself. */
export function choicesFilter(query: UsageQuery, list: ListFilter, when: Today): UsageFilter {
  return tableFilter({ ...query, [list]: [] }, when)
}

function buildFilter(query: UsageQuery, days: DaySpan | null, when: Today): UsageFilter {
  const search = query.search.trim()
  return {
    ...(days ? openEnded(days, when) : {}),
    ...(query.studios.length > 0 ? { studios: [...query.studios] } : {}),
    ...(query.operations.length > 0 ? { operations: [...query.operations] } : {}),
    ...(query.models.length > 0 ? { models: [...query.models] } : {}),
    ...(query.subjects.length > 0 ? { subjects: [...query.subjects] } : {}),
    ...(query.statuses.length > 0 ? { statuses: [...query.statuses] } : {}),
    ...(search === '' ? {} : { search }),
  }
}

/** Up to today means up to now, and on: a run that starts this second belongs to it. */
function openEnded(days: DaySpan, { today, timeZone }: Today): { from: number; to?: number } {
  const { from, to } = spanMoments(days, timeZone)
  return days.last >= today ? { from } : { from, to }
}

/** Adds a choice to a list, or takes it away when it is there. */
export function toggleChoice(query: UsageQuery, list: ListFilter, value: string): UsageQuery {
  const present = (query[list] as readonly string[]).includes(value)
  const next = present
    ? query[list].filter((each) => each !== value)
    : [...query[list], value].slice(0, MAX_CHOICES)
  return { ...query, [list]: next }
}

/** Narrows the table to these days; the same again widens it. */
export function pickDays(query: UsageQuery, days: DaySpan): UsageQuery {
  return { ...query, picked: isPicked(query, days) ? null : days }
}

/** Narrows the table to one operation of these days; the same again takes both away. */
export function pickPart(query: UsageQuery, days: DaySpan, operation: string): UsageQuery {
  const same =
    isPicked(query, days) && query.operations.length === 1 && query.operations[0] === operation
  return same
    ? { ...query, picked: null, operations: [] }
    : { ...query, picked: days, operations: [operation] }
}

function isPicked({ picked }: UsageQuery, days: DaySpan): boolean {
  return picked !== null && formatDaySpan(picked) === formatDaySpan(days)
}

/** Opens one group: the rows behind it, ungrouped. */
export function openGroup(query: UsageQuery, by: UsageGrouping, key: string): UsageQuery {
  const rows = { ...query, groupBy: null }
  switch (by) {
    case 'day': {
      const picked = parseDaySpan(key)
      return picked ? { ...rows, picked } : rows
    }
    case 'operation':
      return { ...rows, operations: [key] }
    case 'model':
      return { ...rows, models: [key] }
    case 'subject':
      return { ...rows, subjects: [key] }
    case 'status':
      return isOneOf(USAGE_STATUSES, key) ? { ...rows, statuses: [key] } : rows
  }
}

/** Whether anything but the date range narrows the table. */
export function isNarrowed(query: UsageQuery): boolean {
  return (
    query.picked !== null ||
    query.search.trim() !== '' ||
    LIST_FILTERS.some((name) => query[name].length > 0)
  )
}
