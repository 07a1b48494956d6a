import fc from 'fast-check'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openReader } from '../../../src-main/ledger/database.ts'
import { createDayClock } from '../../../src-main/ledger/local-day.ts'
import { openLedger } from '../../../src-main/ledger/open.ts'
import { createUsageQueries, type UsageQueries } from '../../../src-main/ledger/queries.ts'
import { catalogEntry } from '#shared/journal/entries.ts'
import type { UsageRow } from '#shared/usage/views.ts'
import {
  endingOf,
  grantDraft,
  HOUR,
  ledgerPorts,
  operationOf,
  temporaryFolder,
  testCatalogSource,
  testClock,
  unwrap,
} from '../../support/ledger.ts'

const ZONE = 'Pacific/Auckland'
const START = Date.UTC(2026, 9, 20, 3)
const RUNS = 300
const EVERY = 9 * HOUR

describe('totals over months, days and parts of days', () => {
  const folder = temporaryFolder()
  let queries: UsageQueries
  let rows: readonly UsageRow[]

  beforeAll(async () => {
    const clock = testClock(START)
    const ledger = unwrap(openLedger(folder.path, { ...ledgerPorts(clock), timeZone: ZONE }))
    unwrap(ledger.append([catalogEntry(testCatalogSource, 0), grantDraft('plan', 10_000)]))
    for (let n = 0; n < RUNS; n++) {
      clock.advance(EVERY)
      const id = `op-${n}`
      unwrap(ledger.authorize(operationOf(id, 2, { subject: ['', 'A', 'B'][n % 3] ?? '' })))
      if (n % 50 === 49) continue
      if (n % 7 === 0) unwrap(ledger.void(id, { outcome: 'failed', reason: null }))
      else unwrap(ledger.settle(id, endingOf((n % 9) / 10)))
    }
    await ledger.close()
    const db = openReader(join(folder.path, 'ledger.sqlite'))
    queries = createUsageQueries(db, createDayClock(ZONE))
    rows = queries.page({ filter: {}, limit: RUNS + 1 }).rows
  })
  afterAll(() => folder.remove())

  it('cover a new year', () => {
    expect(rows).toHaveLength(RUNS)
    const days = queries.groups({}, 'day')
    expect([days.at(-1)?.key, days[0]?.key]).toEqual(['2026-10-21', '2027-02-10'])
  })

  it('equal the sum of the operations, wherever the time is cut', () => {
    const days = createDayClock(ZONE)
    const moment = fc
      .integer({ min: START - 40 * EVERY, max: START + (RUNS + 40) * EVERY })
      .chain((at) => fc.constantFrom(at, days.startOf(days.dayOf(at)), monthStart(at)))
    const part = { requiredKeys: [] }
    const filters = fc.record(
      {
        from: moment,
        to: moment,
        subjects: fc.subarray(['', 'A', 'B', 'C']),
        statuses: fc.subarray(['running', 'settled', 'voided'] as const),
      },
      part,
    )
    fc.assert(
      fc.property(filters, (filter) => {
        const { from = 0, to = Infinity, subjects, statuses } = filter
        const matching = rows.filter(
          (row) =>
            row.at >= from &&
            row.at < to &&
            (subjects?.includes(row.subject) ?? true) &&
            (statuses?.includes(row.status) ?? true),
        )
        const charged = matching.reduce((sum, row) => sum + (row.charged ?? 0), 0)
        expect(queries.page({ filter, limit: RUNS }).rows).toEqual(matching)
        expect(queries.count(filter)).toBe(matching.length)
        const bySubject = queries.groups(filter, 'subject')
        expect(bySubject.reduce((sum, group) => sum + group.charged, 0)).toBe(charged)
        const byDay = queries.groups(filter, 'day')
        expect(byDay.reduce((sum, group) => sum + group.operations, 0)).toBe(matching.length)
        const parts = queries.days(filter).flatMap((day) => day.parts)
        expect(parts.reduce((sum, one) => sum + one.charged, 0)).toBe(charged)
      }),
      { numRuns: 300 },
    )
  })

  function monthStart(at: number): number {
    const days = createDayClock(ZONE)
    return days.startOf(`${days.dayOf(at).slice(0, 7)}-01`)
  }
})
