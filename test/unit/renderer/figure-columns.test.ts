import { describe, expect, test } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import type { UsageRow } from '#shared/usage/views.ts'
import { figureColumns, quoteText } from '../../../src-renderer/features/usage/figure-columns.ts'

const credits = (amount: number) => millicredits(amount * 1_000)

const row = (expected: number, maximum: number, charged: number | null) =>
  ({
    quoteExpected: credits(expected),
    quoteMaximum: credits(maximum),
    held: credits(maximum),
    charged: charged === null ? null : credits(charged),
  }) as UsageRow

test('a quote is one figure where the price is sure', () => {
  expect(quoteText(row(12, 40, null))).toBe('12–40')
  expect(quoteText(row(40, 40, null))).toBe('40')
})

describe('the columns of figures', () => {
  test('are as wide as their longest figure', () => {
    const rows = [row(12, 40, 14), row(100, 1_500, 1_234_567.5), row(1, 1, null)]
    expect(figureColumns(rows)).toEqual({ quote: 8.5, held: 4.5, actual: 9.5 })
  })

  test('leave a long quote the room for its longer half and the dash', () => {
    expect(figureColumns([row(1_000_000, 25_000_000, null)]).quote).toBe(10)
  })
})
