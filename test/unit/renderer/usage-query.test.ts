import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { STUDIOS } from '#shared/credits/studios.ts'
import { USAGE_GROUPINGS, USAGE_STATUSES, usageFilterSchema } from '#shared/usage/filter.ts'
import { RANGE_PRESETS } from '../../../src-renderer/features/usage/date-range.ts'
import {
  chartFilter,
  EMPTY_QUERY,
  formatUsageQuery,
  openGroup,
  parseUsageQuery,
  tableFilter,
  toggleChoice,
  type UsageQuery,
} from '../../../src-renderer/features/usage/usage-query.ts'

const when = { today: '2026-11-21', timeZone: 'Europe/Berlin' }

const days = fc.constantFrom(
  { first: '2026-11-01', last: '2026-11-01' },
  { first: '2024-02-29', last: '2026-03-31' },
)
const texts = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 200 }), { maxLength: 5 })
const queries: fc.Arbitrary<UsageQuery> = fc.record({
  range: fc.oneof(
    fc.constantFrom(...RANGE_PRESETS).map((preset) => ({ preset })),
    days.map((each) => ({ days: each })),
  ),
  picked: fc.option(days),
  studios: fc.uniqueArray(fc.constantFrom(...STUDIOS)),
  operations: texts,
  models: texts,
  subjects: fc.uniqueArray(fc.string({ maxLength: 60 }), { maxLength: 5 }),
  statuses: fc.uniqueArray(fc.constantFrom(...USAGE_STATUSES)),
  search: fc.string({ maxLength: 200 }),
  groupBy: fc.option(fc.constantFrom(...USAGE_GROUPINGS)),
})

describe('the address of the usage page', () => {
  it('holds any query and gives it back unchanged', () => {
    fc.assert(
      fc.property(queries, (query) => {
        expect(parseUsageQuery(formatUsageQuery(query))).toEqual(query)
      }),
    )
  })

  it('always gives a filter that the host accepts', () => {
    fc.assert(
      fc.property(queries, fc.string(), (query, noise) => {
        const read = parseUsageQuery(`${formatUsageQuery(query)}&${noise}`)
        expect(usageFilterSchema.safeParse(tableFilter(read, when)).success).toBe(true)
        expect(usageFilterSchema.safeParse(chartFilter(read, when)).success).toBe(true)
      }),
    )
  })

  it('is empty for the page as it first opens', () => {
    expect(formatUsageQuery(EMPTY_QUERY)).toBe('')
    expect(parseUsageQuery('')).toEqual(EMPTY_QUERY)
  })

  it('leaves out what it does not understand', () => {
    const read = parseUsageQuery(
      '?range=2026-02-30&studio=chat&studio=cinema&status=lost&by=moon&on=2026-11-07..2026-11-01',
    )
    expect(read).toEqual({ ...EMPTY_QUERY, studios: ['chat'] })
  })

  it('keeps work without a subject apart from any subject', () => {
    expect(parseUsageQuery('subject=').subjects).toEqual([''])
    expect(tableFilter(parseUsageQuery('subject='), when).subjects).toEqual([''])
    expect(tableFilter(parseUsageQuery(''), when).subjects).toBeUndefined()
  })
})

describe('what a query asks of the host', () => {
  it('counts days where the account lives', () => {
    const filter = tableFilter(parseUsageQuery('range=2026-10-25'), when)
    expect(filter.from).toBe(Date.parse('2026-10-25T00:00:00+02:00'))
    // The day the clocks go back has 25 hours.
    expect(filter.to).toBe(Date.parse('2026-10-26T00:00:00+01:00'))
  })

  it('leaves a range that reaches today open, so that new runs belong to it', () => {
    expect(tableFilter(parseUsageQuery('range=7-days'), when)).toEqual({
      from: Date.parse('2026-11-15T00:00:00+01:00'),
    })
    expect(tableFilter(parseUsageQuery('range=last-month'), when)).toEqual({
      from: Date.parse('2026-10-01T00:00:00+02:00'),
      to: Date.parse('2026-11-01T00:00:00+01:00'),
    })
  })

  it('narrows the table to a picked day and an operation while the chart keeps all of them', () => {
    const query = parseUsageQuery('on=2026-11-03&operation=chat.fast&studio=chat')
    expect(tableFilter(query, when)).toEqual({
      from: Date.parse('2026-11-03T00:00:00+01:00'),
      to: Date.parse('2026-11-04T00:00:00+01:00'),
      operations: ['chat.fast'],
      studios: ['chat'],
    })
    expect(chartFilter(query, when)).toEqual({
      from: Date.parse('2026-10-23T00:00:00+02:00'),
      studios: ['chat'],
    })
  })

  it('opens a group into its rows', () => {
    const grouped: UsageQuery = { ...EMPTY_QUERY, groupBy: 'day', search: 'x' }
    expect(openGroup(grouped, 'day', '2026-11-03')).toEqual({
      ...grouped,
      groupBy: null,
      picked: { first: '2026-11-03', last: '2026-11-03' },
    })
    expect(openGroup({ ...grouped, groupBy: 'subject' }, 'subject', '').subjects).toEqual([''])
    expect(openGroup({ ...grouped, groupBy: 'status' }, 'status', 'voided').statuses).toEqual([
      'voided',
    ])
  })

  it('adds a choice and takes it away again', () => {
    const added = toggleChoice(EMPTY_QUERY, 'models', 'a/b')
    expect(added.models).toEqual(['a/b'])
    expect(toggleChoice(added, 'models', 'a/b')).toEqual(EMPTY_QUERY)
  })
})
