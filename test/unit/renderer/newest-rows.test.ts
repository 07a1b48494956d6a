import { describe, expect, it } from 'vitest'
import { millicredits, ZERO } from '#shared/credits/amount.ts'
import { matchesFilter } from '#shared/usage/match.ts'
import type { UsageRow } from '#shared/usage/views.ts'
import {
  keepNewest,
  MOST_KEPT,
  previewOf,
  reachesDown,
  settlePreview,
} from '../../../src-renderer/features/usage/newest-rows.ts'
import { NO_ROWS } from '../../../src-renderer/features/usage/usage-rows.ts'

function row(sequence: number, patch: Partial<UsageRow> = {}): UsageRow {
  return {
    operationId: `aaaa${sequence}`,
    sequence,
    at: sequence * 1_000,
    endedAt: sequence * 1_000,
    studio: 'chat',
    operation: 'chat.fast',
    operationName: 'Chat',
    modelId: 'practice/brief',
    modelName: 'Brief',
    providerName: 'Practice',
    note: '',
    subject: '',
    quoteExpected: ZERO,
    quoteMaximum: ZERO,
    held: ZERO,
    charged: millicredits(1),
    status: 'settled',
    outcome: 'completed',
    usageSource: 'local',
    ...patch,
  }
}
const page = (rows: readonly UsageRow[], nextBefore: number | null) => ({ rows, nextBefore })
const down = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, index) => row(from - index))
const sequences = ({ rows }: { rows: readonly UsageRow[] }) => rows.map(({ sequence }) => sequence)

describe('a filter on rows of the history', () => {
  it.each([
    [{ from: 5_000, to: 6_000 }, true],
    [{ from: 5_001 }, false],
    [{ to: 5_000 }, false],
    [{ statuses: ['running' as const] }, false],
    [{ operations: ['chat.fast'], models: ['practice/brief'] }, true],
    [{ subjects: ['Design'] }, false],
    [{ search: 'brief PRACTICE' }, true],
    [{ search: 'brief elsewhere' }, false],
  ])('%j', (filter, expected) => {
    expect(matchesFilter(filter, row(5))).toBe(expected)
  })

  it('finds an operation by the beginning of its id', () => {
    const one = row(5, { operationId: 'deadbeef-0000-4000-8000-000000000000' })
    expect(matchesFilter({ search: 'deadbeef-00' }, one)).toBe(true)
    expect(matchesFilter({ search: 'beef' }, one)).toBe(false)
  })
})

describe('the newest rows that are kept', () => {
  it('show what matches, and that the host goes on below them', () => {
    const kept = page([row(9, { subject: 'Design' }), row(8), row(7, { subject: 'Design' })], 7)
    const preview = previewOf(kept, { subjects: ['Design'] })
    expect(sequences(preview)).toEqual([9, 7])
    expect(preview.nextBefore).toBe(7)
    expect(previewOf(kept, { subjects: ['None'] })).toEqual(NO_ROWS)
  })

  it('take new rows on top, keep the older ones, and never more than so many', () => {
    const kept = keepNewest(page(down(6, 1), null), page(down(8, 5), 5))
    expect(sequences(kept)).toEqual([8, 7, 6, 5, 4, 3, 2, 1])
    expect(kept.nextBefore).toBeNull()
    const full = keepNewest(page(down(3_000, 1), null), page(down(3_100, 2_950), 2_950))
    expect(full.rows).toHaveLength(MOST_KEPT)
    expect(full.nextBefore).toBe(3_100 - MOST_KEPT + 1)
  })

  it('leave nothing of another history behind', () => {
    const other = down(6, 1).map((each) => ({ ...each, operationId: `bbbb${each.sequence}` }))
    expect(sequences(keepNewest(page(other, null), page(down(8, 5), 5)))).toEqual([8, 7, 6, 5])
  })

  it('are read again down to the oldest that was running', () => {
    const kept = page([row(9), row(8, { status: 'running' }), row(7)], 7)
    expect(reachesDown(kept, page(down(11, 9), 9))).toBe(false)
    expect(reachesDown(kept, page(down(11, 8), 8))).toBe(true)
    expect(reachesDown(NO_ROWS, page(down(11, 8), 8))).toBe(false)
    expect(reachesDown(NO_ROWS, page(down(11, 8), null))).toBe(true)
  })

  it('stay below the first answer of the host', () => {
    const preview = page(down(9, 1), 1)
    expect(sequences(settlePreview(preview, page(down(10, 6), 6), false))).toEqual(
      sequences(page(down(10, 1), null)),
    )
    const changing = page([...down(9, 3), row(2, { status: 'running' })], 1)
    expect(sequences(settlePreview(changing, page(down(10, 6), 6), false))).toEqual([
      10, 9, 8, 7, 6,
    ])
  })
})
