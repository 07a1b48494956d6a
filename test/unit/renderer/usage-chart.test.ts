import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import type { UsageDay } from '#shared/usage/views.ts'
import { layoutUsageChart, MAX_SERIES } from '../../../src-renderer/features/usage/chart-layout.ts'
import { niceTicks } from '../../../src-renderer/kit/chart-ticks.ts'

function day(date: string, ...parts: readonly (readonly [string, number])[]): UsageDay {
  return {
    day: date,
    parts: parts.map(([operation, charged]) => ({
      operation,
      operationName: operation.toUpperCase(),
      charged: millicredits(charged),
    })),
  }
}

describe('the usage chart', () => {
  it('shows every day of the range, also those without usage', () => {
    const chart = layoutUsageChart(
      [day('2026-11-02', ['chat', 3_000], ['image', 1_000])],
      { first: '2026-11-01', last: '2026-11-03' },
      '2026-11-21',
    )
    expect(chart.step).toBe('day')
    expect(chart.columns.map(({ days, total }) => [days.first, total])).toEqual([
      ['2026-11-01', 0],
      ['2026-11-02', 4_000],
      ['2026-11-03', 0],
    ])
    expect(chart.series.map(({ name }) => name)).toEqual(['CHAT', 'IMAGE'])
    expect(chart.columns[1]?.segments).toEqual([
      { series: 0, charged: 3_000, from: 0, to: 0.75 },
      { series: 1, charged: 1_000, from: 0.75, to: 1 },
    ])
  })

  it('shows longer ranges by week and by month, clipped to the range', () => {
    const weeks = layoutUsageChart(
      [day('2026-09-03', ['chat', 1]), day('2026-09-06', ['chat', 2])],
      { first: '2026-09-02', last: '2026-11-21' },
      '2026-11-21',
    )
    expect(weeks.step).toBe('week')
    expect(weeks.columns[0]).toMatchObject({
      days: { first: '2026-09-02', last: '2026-09-06' },
      total: 3,
    })
    expect(weeks.columns.at(-1)?.days).toEqual({ first: '2026-11-16', last: '2026-11-21' })
    const months = layoutUsageChart([day('2024-02-29', ['chat', 5])], null, '2026-11-21')
    expect(months.step).toBe('month')
    expect(months.columns[0]).toMatchObject({
      days: { first: '2024-02-29', last: '2024-02-29' },
      total: 5,
    })
    expect(months.columns).toHaveLength(34)
  })

  it('gathers the cheapest operations under Other', () => {
    const parts = Array.from({ length: 9 }, (_, index) => [`op${index}`, 900 - index] as const)
    const chart = layoutUsageChart(
      [day('2026-11-01', ...parts)],
      { first: '2026-11-01', last: '2026-11-01' },
      '2026-11-21',
    )
    expect(chart.series).toHaveLength(MAX_SERIES)
    expect(chart.series.at(-1)).toEqual({
      operation: null,
      name: 'Other',
      total: 895 + 894 + 893 + 892,
    })
  })

  it('loses nothing: the columns add up to the days, whatever the step', () => {
    const date = fc
      .date({ min: new Date('2020-01-01'), max: new Date('2026-11-21'), noInvalidDate: true })
      .map((each) => each.toISOString().slice(0, 10))
    const usage = fc.uniqueArray(
      fc.record({
        day: date,
        parts: fc.uniqueArray(
          fc.record({
            operation: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
            operationName: fc.constant('name'),
            charged: fc.integer({ min: 1, max: 1_000_000 }).map(millicredits),
          }),
          { selector: ({ operation }) => operation, maxLength: 8 },
        ),
      }),
      { selector: (each) => each.day, maxLength: 30 },
    )
    fc.assert(
      fc.property(usage, (days) => {
        const chart = layoutUsageChart(days, null, '2026-11-21')
        const sum = days.flatMap(({ parts }) => parts).reduce((all, part) => all + part.charged, 0)
        expect(chart.total).toBe(sum)
        expect(chart.series.reduce((all, { total }) => all + total, 0)).toBe(sum)
        for (const { segments } of chart.columns) {
          for (const { from, to } of segments) {
            expect(from).toBeGreaterThanOrEqual(0)
            expect(to).toBeLessThanOrEqual(1)
            expect(to).toBeGreaterThan(from)
          }
        }
      }),
    )
  })

  it('puts its lines at round values that reach the highest column', () => {
    expect(niceTicks(millicredits(0))).toEqual([0])
    expect(niceTicks(millicredits(4_000))).toEqual([0, 1_000, 2_000, 3_000, 4_000])
    expect(niceTicks(millicredits(4_001))).toEqual([0, 2_000, 4_000, 6_000])
    expect(niceTicks(millicredits(123_456_789)).at(-1)).toBe(150_000_000)
  })
})
