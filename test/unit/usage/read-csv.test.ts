import { describe, expect, test } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import type { Units } from '#shared/credits/units.ts'
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
const details = (units: Units | null) => ({ units, member: 'ada', device: 'laptop' })

describe('an export', () => {
  test('is read back, oldest first, with its units where it has them and whose it was', () => {
    const text =
      CSV_HEADER + csvRow(row(2), details(UNITS)) + csvRow(row(1, { subject: '=x' }), details(null))
    const read = { operation: 'chat.fast', charged: 1_250 }
    const whose = { member: 'ada', device: 'laptop' }
    expect(readUsageCsv(`\ufeff${text}`)).toEqual({
      ok: true,
      data: [
        { ...read, at: row(1).at, units: null, scope: { ...whose, subject: '=x' } },
        { ...read, at: row(2).at, units: UNITS, scope: { ...whose, subject: row(2).subject } },
      ],
    })
  })

  test('is read without the runs that go on or were voided', () => {
    const running = row(1, { status: 'running', charged: null })
    const text = CSV_HEADER + csvRow(running) + csvRow(row(2, { status: 'voided' }))
    expect(readUsageCsv(text)).toEqual({ ok: true, data: [] })
  })

  test('that was changed is refused with the line of each bad row', () => {
    const good = csvRow(row(1))
    const lines = [
      good,
      good.replace('1.25', 'many'),
      good.replace('2026-01-01T00:00:00.000Z', 'yesterday'),
      good.replace('settled', 'done'),
      csvRow(row(1), details({ inputTokens: 5 })).replace('inputTokens 5', 'inputTokens -5'),
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
