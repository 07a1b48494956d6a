import { describe, expect, it } from 'vitest'
import { ZERO, millicredits } from '#shared/credits/amount.ts'
import type { UsageGroup, UsageRow } from '#shared/usage/views.ts'
import { buildGroupTable } from '../../../src-renderer/features/usage/group-table.ts'
import {
  appendPage,
  NO_ROWS,
  refreshFirstPage,
  relabelRows,
  replaceRow,
  rowsAbove,
} from '../../../src-renderer/features/usage/usage-rows.ts'

function row(sequence: number, charged: number | null = 1): UsageRow {
  return {
    operationId: `operation-${sequence}`,
    sequence,
    at: sequence,
    endedAt: null,
    studio: 'chat',
    operation: 'chat',
    operationName: 'Chat',
    modelId: 'm',
    modelName: 'M',
    providerName: 'P',
    note: '',
    subject: '',
    quoteExpected: ZERO,
    quoteMaximum: ZERO,
    held: ZERO,
    charged: charged === null ? null : millicredits(charged),
    status: charged === null ? 'running' : 'settled',
    outcome: null,
    usageSource: null,
  }
}
const sequences = (rows: readonly UsageRow[]) => rows.map(({ sequence }) => sequence)
const page = (rows: readonly UsageRow[], nextBefore: number | null) => ({ rows, nextBefore })

describe('the loaded rows of the usage table', () => {
  it('grow at the end, page by page, without doubles', () => {
    const first = appendPage(NO_ROWS, page([row(9), row(8)], 8))
    const second = appendPage(first, page([row(8), row(7)], null))
    expect(sequences(second.rows)).toEqual([9, 8, 7])
    expect(second.nextBefore).toBeNull()
  })

  it('take new rows on top and changed ones in place, and keep the older pages', () => {
    const loaded = page([row(5, null), row(4), row(3), row(2)], 2)
    const refreshed = refreshFirstPage(loaded, page([row(6, null), row(5), row(4)], 4))
    expect(sequences(refreshed.rows)).toEqual([6, 5, 4, 3, 2])
    expect(refreshed.rows[1]?.charged).toBe(1)
    expect(refreshed.nextBefore).toBe(2)
    expect(rowsAbove(refreshed.rows, 'operation-5')).toBe(1)
  })

  it('drop a row that no longer matches', () => {
    const loaded = page([row(5), row(4), row(3), row(2)], 2)
    const refreshed = refreshFirstPage(loaded, page([row(5), row(3)], 3))
    expect(sequences(refreshed.rows)).toEqual([5, 3, 2])
  })

  it('start over when more came in than one page can bridge', () => {
    const refreshed = refreshFirstPage(page([row(3), row(2)], 2), page([row(99), row(98)], 98))
    expect(refreshed).toEqual(page([row(99), row(98)], 98))
  })

  it('are just the page when it is all there is', () => {
    expect(refreshFirstPage(page([row(3), row(2)], 2), page([], null)).rows).toEqual([])
  })

  it('replace one row, or lose it when it is gone', () => {
    const loaded = page([row(3, null), row(2)], null)
    expect(replaceRow(loaded, 'operation-3', row(3, 7)).rows[0]?.charged).toBe(7)
    expect(sequences(replaceRow(loaded, 'operation-3', null).rows)).toEqual([2])
  })
})

describe('the grouped usage table', () => {
  const group = (key: string, operations: number, charged: number): UsageGroup => ({
    key,
    label: key,
    operations,
    charged: millicredits(charged),
  })

  it('puts the costliest first, with shares and totals', () => {
    const table = buildGroupTable([group('a', 5, 1_000), group('b', 1, 3_000)], 'operation')
    expect(table.rows.map(({ key, share }) => [key, share])).toEqual([
      ['b', 0.75],
      ['a', 0.25],
    ])
    expect(table).toMatchObject({ operations: 6, charged: 4_000 })
  })

  it('puts the latest day first', () => {
    const table = buildGroupTable([group('2026-11-01', 1, 9), group('2026-11-02', 1, 1)], 'day')
    expect(table.rows.map(({ key }) => key)).toEqual(['2026-11-02', '2026-11-01'])
  })

  it('has no shares where nothing was charged', () => {
    expect(buildGroupTable([group('a', 2, 0)], 'model').rows[0]?.share).toBe(0)
  })

  it('take on what was written beside them, and go when they match no more', () => {
    const loaded = page([row(3), row(2), row(1)], null)
    const ids = ['operation-3', 'operation-1']
    const labelled = relabelRows(loaded, ids, { subject: 'Research' }, {})
    expect(labelled.rows.map(({ subject }) => subject)).toEqual(['Research', '', 'Research'])
    expect(labelled.rows.map(({ note }) => note)).toEqual(['', '', ''])
    const kept = relabelRows(loaded, ids, { subject: 'Research' }, { subjects: [''] })
    expect(sequences(kept.rows)).toEqual([2])
  })
})
