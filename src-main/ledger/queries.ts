/**
 * Reads the usage history, whatever its size: totals come from the rollup of whole days and from
 * the few operations at the edges of the requested time; pages read only days that hold matches.
 */

import type { DatabaseSync } from 'node:sqlite'
import { type Credits, millicredits } from '#shared/credits/amount.ts'
import type { UsageFilter, UsageGrouping } from '#shared/usage/filter.ts'
import type { UsageDay, UsageGroup, UsagePage, UsageRow } from '#shared/usage/views.ts'
import type { DayClock } from './local-day.ts'
import { createUsage } from './usage-totals.ts'
import { NARROWED, narrow, OF_SERIES, OF_STATUS, WITHIN } from './usage-filter.ts'

export interface PageQuery {
  readonly filter: UsageFilter
  /** Only operations before this sequence; absent for the newest. */
  readonly before?: number | undefined
  readonly limit: number
}

export interface UsageQueries {
  /** Newest first. */
  page(query: PageQuery): UsagePage
  count(filter: UsageFilter): number
  /** Days newest first; anything else by cost, highest first. */
  groups(filter: UsageFilter, by: UsageGrouping): readonly UsageGroup[]
  /** Days oldest first, each split by operation; days without use are absent. */
  days(filter: UsageFilter): readonly UsageDay[]
  /** What operations that started in [from, to) were charged. */
  spentBetween(from: number, to: number): Credits
}

/** The key of each grouping, in rows of matching usage joined with their series. */
const GROUP_KEYS: Record<
  Exclude<UsageGrouping, 'day'>,
  { readonly key: string; readonly label: string }
> = {
  operation: { key: 'series.operation', label: 'max(operation_name)' },
  model: { key: 'model_id', label: 'max(model_name)' },
  subject: { key: 'subject', label: 'subject' },
  status: { key: 'status', label: 'status' },
}

const ROWS = `SELECT operation.*, series.studio, series.operation, series.operation_name,
    series.model_id, series.model_name, series.provider_name, series.subject, note.value AS note
  FROM operation JOIN series ON series.id = operation.series
    LEFT JOIN label AS note ON note.operation_id = operation.operation_id AND note.field = 'note'`

export function createUsageQueries(db: DatabaseSync, days: DayClock): UsageQueries {
  const usage = createUsage(db, days)

  function groupsByDay(filter: UsageFilter): readonly UsageGroup[] {
    const { sql, values } = usage.byDay(filter, 'day')
    return db
      .prepare(
        `SELECT day AS key, day AS label, sum(operations) AS operations, sum(charged) AS charged
         FROM (${sql}) GROUP BY day ORDER BY day DESC`,
      )
      .all(values) as unknown as readonly UsageGroup[]
  }

  function groups(filter: UsageFilter, by: UsageGrouping): readonly UsageGroup[] {
    if (by === 'day') return groupsByDay(filter)
    const { sql, values } = usage.bySeries(filter)
    const { key, label } = GROUP_KEYS[by]
    return db
      .prepare(
        `SELECT ${key} AS key, ${label} AS label, sum(operations) AS operations,
           sum(charged) AS charged
         FROM (${sql}) AS usage JOIN series ON series.id = usage.series
         GROUP BY 1 ORDER BY charged DESC, key`,
      )
      .all(values) as unknown as readonly UsageGroup[]
  }

  function daily(filter: UsageFilter): readonly UsageDay[] {
    const { sql, values } = usage.byDay(filter, 'day, operation')
    const rows = db
      .prepare(
        `SELECT day, operation, sum(charged) AS charged FROM (${sql})
         GROUP BY day, operation ORDER BY day, operation`,
      )
      .all(values) as unknown as readonly { day: string; operation: string; charged: Credits }[]
    const names = operationNames(db)
    return [...Map.groupBy(rows, ({ day }) => day)].map(([day, parts]) => ({
      day,
      parts: parts.map(({ operation, charged }) => ({
        operation,
        operationName: names.get(operation) ?? operation,
        charged,
      })),
    }))
  }

  function total(filter: UsageFilter, column: 'operations' | 'charged'): number {
    const { sql, values } = usage.bySeries(filter)
    const row = db.prepare(`SELECT coalesce(sum(${column}), 0) AS total FROM (${sql})`).get(values)
    return Number(row?.['total'])
  }

  return {
    page: createPaging(db),
    groups,
    days: daily,
    count: (filter) => total(filter, 'operations'),
    spentBetween: (from, to) => millicredits(total({ from, to }, 'charged')),
  }
}

function operationNames(db: DatabaseSync): ReadonlyMap<string, string> {
  const rows = db
    .prepare('SELECT operation, max(operation_name) AS name FROM series GROUP BY operation')
    .all()
  return new Map(rows.map(({ operation, name }) => [String(operation), String(name)]))
}

/** Pages alone, which need no days. */
export function createPaging(db: DatabaseSync): UsageQueries['page'] {
  const ended = db.prepare(
    `${ROWS} WHERE sequence BETWEEN :first AND :last
       AND end_sequence IS NOT NULL AND ${OF_SERIES} AND ${OF_STATUS}
     ORDER BY sequence DESC LIMIT :limit`,
  )
  const others = db.prepare(
    `${ROWS} WHERE ${WITHIN} AND ${OF_STATUS} AND (
         (end_sequence IS NULL AND ${NARROWED}) OR
         (end_sequence IS NOT NULL AND sequence IN (SELECT value FROM json_each(:named))))
       AND sequence IN (SELECT sequence FROM operation WHERE end_sequence IS NULL
         UNION SELECT value FROM json_each(:named))
     ORDER BY sequence DESC LIMIT :limit`,
  )
  const dayRanges = db.prepare(
    `SELECT min(first_sequence) AS first, max(last_sequence) AS last FROM usage_day
     WHERE ${OF_SERIES} AND ${OF_STATUS} AND first_sequence <= :toSequence
       AND last_sequence >= :fromSequence
     GROUP BY day ORDER BY day DESC`,
  )

  return ({ filter, before, limit }) => {
    const narrowed = narrow(db, filter)
    const last = Math.min(narrowed.toSequence, (before ?? Number.MAX_SAFE_INTEGER) - 1)
    const { series, statuses, named, fromSequence } = narrowed
    const rows = others.all({ series, statuses, named, fromSequence, toSequence: last, limit })
    const found: unknown[] = []
    for (const range of dayRanges.iterate({ series, statuses, fromSequence, toSequence: last })) {
      found.push(
        ...ended.all({
          series,
          statuses,
          first: Math.max(Number(range['first']), fromSequence),
          last: Math.min(Number(range['last']), last),
          limit: limit - found.length,
        }),
      )
      if (found.length >= limit) break
    }
    return pageOf([...rows, ...found] as readonly OperationRecord[], limit)
  }
}

function pageOf(records: readonly OperationRecord[], limit: number): UsagePage {
  const rows = records
    .toSorted((left, right) => right.sequence - left.sequence)
    .slice(0, limit)
    .map(usageRow)
  return { rows, nextBefore: rows.length === limit ? (rows.at(-1)?.sequence ?? null) : null }
}

/** One row of `operation` with its series. */
interface OperationRecord {
  readonly sequence: number
  readonly operation_id: string
  readonly at: number
  readonly ended_at: number | null
  readonly studio: UsageRow['studio']
  readonly operation: string
  readonly operation_name: string
  readonly model_id: string
  readonly model_name: string
  readonly provider_name: string
  readonly subject: string
  readonly note: string | null
  readonly quote_expected: Credits
  readonly quote_maximum: Credits
  readonly held: Credits
  readonly charged: Credits | null
  readonly status: UsageRow['status']
  readonly outcome: UsageRow['outcome']
  readonly usage_source: UsageRow['usageSource']
}

/** The usage row of one operation, or null when there is none. */
export function usageRowAt(db: DatabaseSync, sequence: number): UsageRow | null {
  const record = db.prepare(`${ROWS} WHERE sequence = ?`).get(sequence)
  return record ? usageRow(record as unknown as OperationRecord) : null
}

function usageRow(record: OperationRecord): UsageRow {
  return {
    operationId: record.operation_id,
    sequence: record.sequence,
    at: record.at,
    endedAt: record.ended_at,
    studio: record.studio,
    operation: record.operation,
    operationName: record.operation_name,
    modelId: record.model_id,
    modelName: record.model_name,
    providerName: record.provider_name,
    subject: record.subject,
    note: record.note ?? '',
    quoteExpected: record.quote_expected,
    quoteMaximum: record.quote_maximum,
    held: record.held,
    charged: record.charged,
    status: record.status,
    outcome: record.outcome,
    usageSource: record.usage_source,
  }
}
