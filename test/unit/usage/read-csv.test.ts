import { describe, expect, test } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import { CSV_HEADER, csvRow } from '#shared/usage/csv.ts'
import { readUsageCsv } from '#shared/usage/read-csv.ts'
import type { UsageRow } from '#shared/usage/views.ts'

const row = (n: number, patch: Partial<UsageRow> = {}): UsageRow => ({
  operationId: `operation-${n}`,
  sequence: n,
  at: Date.UTC(2026, 0, n),
  endedAt: Date.UTC(2026, 0, n, 1),
  studio: 'chat',
  operation: 'chat.fast',
  operationName: 'Chat, "fast"',
  modelId: 'm',
  modelName: '=SUM(A1)',
  providerName: 'P',
  subject: 'two\nlines, and a comma',
  note: '',
  quoteExpected: millicredits(1_000),
  quoteMaximum: millicredits(2_000),
  held: millicredits(2_000),
  charged: millicredits(1_250),
  status: 'settled',
  outcome: 'completed',
  usageSource: 'provider',
  ...patch,
})
const UNITS = { inputTokens: 812, outputTokens: 377 }

describe('an export', () => {
  test('is read back, oldest first, with its units where it has them', () => {
    const text = CSV_HEADER + csvRow(row(2), UNITS) + csvRow(row(1), null)
    expect(readUsageCsv(`\ufeff${text}`)).toEqual({
      ok: true,
      data: [
        { at: row(1).at, operation: 'chat.fast', charged: 1_250, units: null },
        { at: row(2).at, operation: 'chat.fast', charged: 1_250, units: UNITS },
      ],
    })
  })

  test('is read without the runs that go on or were voided', () => {
    const running = row(1, { status: 'running', charged: null })
    const text = CSV_HEADER + csvRow(running, null) + csvRow(row(2, { status: 'voided' }), null)
    expect(readUsageCsv(text)).toEqual({ ok: true, data: [] })
  })

  test('that was changed is refused with the line of each bad row', () => {
    const good = csvRow(row(1), null)
    const lines = [
      good,
      good.replace('1.25', 'many'),
      good.replace('2026-01-01T00:00:00.000Z', 'yesterday'),
      good.replace('settled', 'done'),
      csvRow(row(1), { inputTokens: 5 }).replace('inputTokens 5', 'inputTokens -5'),
      'a,b\r\n',
    ]
    const read = readUsageCsv(CSV_HEADER + lines.join(''))
    expect(read.ok).toBe(false)
    const problems = read.ok ? [] : (read.error.details?.['problems'] as { line: number }[])
    // Each good row takes two lines, as its subject does.
    expect(problems.map(({ line }) => line)).toEqual([4, 6, 8, 10, 12])
  })

  test.each([
    ['nothing', ''],
    ['other columns', 'Time,Credits\r\n1,2\r\n'],
    ['a quote that is not closed', `${CSV_HEADER}"2026,`],
    ['text after a quote', `${CSV_HEADER}"a"b,\r\n`],
  ])('is not %s', (_name, text) => {
    expect(readUsageCsv(text)).toMatchObject({ ok: false, error: { code: 'csv_unreadable' } })
  })
})
