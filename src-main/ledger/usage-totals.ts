/**
 * Everything a filter matches, in as few rows as possible: whole months and days from the rollups,
 * and single operations only where the requested time cuts a day.
 */

import type { DatabaseSync } from 'node:sqlite'
import type { UsageFilter } from '#shared/usage/filter.ts'
import type { DayClock } from './local-day.ts'
import { firstEntryAt, NARROWED, narrow, OF_SERIES, OF_STATUS, WITHIN } from './usage-filter.ts'

/** A table expression and what to bind; amounts are in `operations` and `charged`. */
export interface UsageSource {
  readonly sql: string
  readonly values: Record<string, string | number>
}

export interface Usage {
  /** Columns `columns` (of day and operation), operations, charged; already summed by day. */
  byDay(filter: UsageFilter, columns: 'day' | 'day, operation'): UsageSource
  /** Columns series, status, operations, charged. */
  bySeries(filter: UsageFilter): UsageSource
}

const COLUMNS = 'SELECT series, status, operations, charged'
/** Before every month and day, and after them. */
const [FIRST, LAST] = ['', '~']

export function createUsage(db: DatabaseSync, days: DayClock): Usage {
  db.function('local_day', { deterministic: true }, (at) => days.dayOf(Number(at)))

  function prepare(filter: UsageFilter) {
    const { everySeries, ...narrowed } = narrow(db, filter)
    const conditions = [!everySeries && OF_SERIES, filter.statuses && OF_STATUS].filter(Boolean)
    return {
      values: { ...narrowed, ...wholeDays(db, days, filter) },
      /** Conditions on a row of a rollup, where there are any. */
      where: conditions.map((condition) => ` AND ${String(condition)}`).join(''),
    }
  }

  return {
    byDay(filter, columns) {
      const { values, where } = prepare(filter)
      const single = columns === 'day' ? 'local_day(at) AS day' : 'local_day(at) AS day, operation'
      const sums = 'sum(operations) AS operations, sum(charged) AS charged'
      const sql = `SELECT ${columns}, ${sums} FROM usage_day
          WHERE day >= :fromDay AND day < :toDay${where} GROUP BY ${columns}
        UNION ALL ${singles(`SELECT ${single}, 1 AS operations, coalesce(charged, 0) AS charged`)}`
      return { sql, values: pick(values, sql) }
    },
    bySeries(filter) {
      const { values, where } = prepare(filter)
      const months = wholeMonths(values.fromDay, values.toDay)
      const sql = `${COLUMNS} FROM usage_month
          WHERE month >= :fromMonth AND month < :toMonth${where}
        UNION ALL ${COLUMNS} FROM usage_day
          WHERE day >= :fromDay AND day < :beforeMonths${where}
        UNION ALL ${COLUMNS} FROM usage_day
          WHERE day >= :afterMonths AND day < :toDay${where}
        UNION ALL ${singles('SELECT series, status, 1 AS operations, coalesce(charged, 0) AS charged')}`
      return { sql, values: pick({ ...values, ...months }, sql) }
    },
  }
}

/** Operations no rollup covers: those still running, those of cut days, and matches by id. */
function singles(select: string): string {
  const from = `${select} FROM (SELECT operation.*, series.operation FROM operation
    JOIN series ON series.id = operation.series)`
  return `${from}
      WHERE sequence BETWEEN :fromSequence AND :beforeDays
        AND end_sequence IS NOT NULL AND ${OF_SERIES} AND ${OF_STATUS}
    UNION ALL ${from}
      WHERE sequence BETWEEN :afterDays AND :toSequence
        AND end_sequence IS NOT NULL AND ${OF_SERIES} AND ${OF_STATUS}
    UNION ALL ${from}
      WHERE end_sequence IS NULL AND ${WITHIN} AND ${NARROWED}
    UNION ALL ${from}
      WHERE sequence IN (SELECT value FROM json_each(:named))
        AND end_sequence IS NOT NULL AND ${WITHIN} AND ${OF_STATUS}`
}

/** The local days wholly within the requested time, and the sequences around them. */
function wholeDays(db: DatabaseSync, days: DayClock, { from, to }: UsageFilter) {
  let fromDay = FIRST
  let beforeDays = -1
  if (from !== undefined) {
    const day = days.dayOf(from)
    const starts = days.startOf(day) === from ? from : days.endOf(day)
    fromDay = days.dayOf(starts)
    beforeDays = firstEntryAt(db, Math.min(starts, to ?? starts)) - 1
  }
  let toDay = LAST
  let afterDays = Number.MAX_SAFE_INTEGER
  if (to !== undefined) {
    toDay = days.dayOf(to)
    afterDays = Math.max(firstEntryAt(db, days.startOf(toDay)), beforeDays + 1)
  }
  return { fromDay, toDay, beforeDays, afterDays }
}

/** The months that lie wholly within [fromDay, toDay), and where the days around them end and begin. */
function wholeMonths(fromDay: string, toDay: string) {
  const fromMonth = isFirstOfMonth(fromDay) ? monthOf(fromDay) : monthAfter(fromDay)
  const toMonth = monthOf(toDay)
  if (fromMonth >= toMonth) {
    return { fromMonth: LAST, toMonth: FIRST, beforeMonths: toDay, afterMonths: toDay }
  }
  return {
    fromMonth,
    toMonth,
    beforeMonths: fromDay === FIRST ? FIRST : `${fromMonth}-01`,
    afterMonths: toDay === LAST ? LAST : `${toMonth}-01`,
  }
}

const isFirstOfMonth = (day: string) => day === FIRST || day.endsWith('-01')
const monthOf = (day: string) => day.slice(0, 7)

function monthAfter(day: string): string {
  const [year = 0, month = 0] = day.split('-').map(Number)
  return month === 12
    ? `${String(year + 1).padStart(4, '0')}-01`
    : `${String(year).padStart(4, '0')}-${String(month + 1).padStart(2, '0')}`
}

/** Only what the statement names: SQLite refuses to bind anything else. */
function pick(values: Record<string, string | number>, sql: string) {
  return Object.fromEntries(Object.entries(values).filter(([name]) => sql.includes(`:${name}`)))
}
