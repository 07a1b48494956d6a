import { describe, expect, it } from 'vitest'
import { csvCell } from '#shared/usage/csv.ts'

describe('a CSV cell', () => {
  it.each([
    ['plain', 'plain'],
    ['a, b', '"a, b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['', ''],
  ])('writes %j as RFC 4180 says', (text, cell) => {
    expect(csvCell(text)).toBe(cell)
  })

  it.each(['=1+1', '+1', '-1', '@cmd', '\tx', '\rx'])(
    'makes %j harmless in a spreadsheet',
    (text) => {
      expect(csvCell(text).replace(/^"/, '').startsWith("'")).toBe(true)
    },
  )

  it('is empty for nothing', () => {
    expect(csvCell(null)).toBe('')
  })
})
