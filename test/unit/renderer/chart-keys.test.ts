import { describe, expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import { moveInChart } from '../../../src-renderer/features/usage/chart-keys.ts'
import { layoutUsageChart } from '../../../src-renderer/features/usage/chart-layout.ts'
import {
  EMPTY_QUERY,
  pickDays,
  pickPart,
} from '../../../src-renderer/features/usage/usage-query.ts'

const part = (operation: string, charged: number) => ({
  operation,
  operationName: operation,
  charged: millicredits(charged),
})
const chart = layoutUsageChart(
  [
    { day: '2026-11-01', parts: [part('chat', 9_000), part('image', 5_000)] },
    { day: '2026-11-02', parts: [part('image', 1_000)] },
  ],
  { first: '2026-11-01', last: '2026-11-02' },
  '2026-11-02',
)
const [chat, image] = ['chat', 'image'].map((name) =>
  chart.series.findIndex(({ operation }) => operation === name),
) as [number, number]

describe('arrow keys in the usage chart', () => {
  it('go up from the whole day through its parts and back', () => {
    const whole = { column: 0, series: null }
    const first = moveInChart('ArrowUp', whole, chart)
    const second = first && moveInChart('ArrowUp', first, chart)
    expect([first?.series, second?.series].sort()).toEqual([chat, image].sort())
    expect(second && moveInChart('ArrowUp', second, chart)).toEqual(second)
    expect(first && moveInChart('ArrowDown', first, chart)).toEqual(whole)
  })

  it('stay on the operation sideways, or fall back to the whole day', () => {
    expect(moveInChart('ArrowRight', { column: 0, series: image }, chart)).toEqual({
      column: 1,
      series: image,
    })
    expect(moveInChart('End', { column: 0, series: chat }, chart)).toEqual({
      column: 1,
      series: null,
    })
    expect(moveInChart('ArrowLeft', { column: 0, series: null }, chart)?.column).toBe(0)
    expect(moveInChart('x', { column: 0, series: null }, chart)).toBeNull()
  })
})

describe('what is clicked in the usage chart', () => {
  const days = { first: '2026-11-01', last: '2026-11-01' }

  it('is taken as a filter and, clicked again, taken away', () => {
    const day = pickDays(EMPTY_QUERY, days)
    expect(day).toMatchObject({ picked: days, operations: [] })
    expect(pickDays(day, days)).toEqual(EMPTY_QUERY)
    const one = pickPart(day, days, 'chat')
    expect(one).toMatchObject({ picked: days, operations: ['chat'] })
    expect(pickPart(one, days, 'image').operations).toEqual(['image'])
    expect(pickPart(one, days, 'chat')).toEqual(EMPTY_QUERY)
  })
})
