import { describe, expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import type { OperationRate } from '#shared/catalog/rates.ts'
import { type Charge, priceUnits } from '#shared/pricing/rate-card.ts'
import { countOf, decisionWords, rateOf } from '../../../src-renderer/words/rate-words.ts'
import { reasonWords } from '../../../src-renderer/features/usage/charge-words.ts'
import { groupsToCsv } from '../../../src-renderer/features/usage/group-csv.ts'
import { buildGroupTable } from '../../../src-renderer/features/usage/group-table.ts'

const rate: OperationRate = {
  id: 'chat',
  name: 'Chat',
  kind: 'text',
  components: [{ unit: 'outputTokens', price: millicredits(40_000), per: 1_000 }],
  surcharges: [{ unit: 'searches', price: millicredits(15_000), per: 1 }],
  minimum: millicredits(40_000),
  maximum: millicredits(400_000),
  increment: millicredits(1_000),
}
const held = millicredits(100_000)
const words = (charge: Charge) => decisionWords(charge, rate, held)

describe('a charge in words', () => {
  it('names what decided the amount', () => {
    expect(words(priceUnits(rate, { outputTokens: 1_501 }))).toBe(
      'The sum, rounded up to a whole credit.',
    )
    expect(words(priceUnits(rate, { outputTokens: 10 }))).toBe(
      'The least that one run costs is 40 credits.',
    )
    expect(words(priceUnits(rate, { outputTokens: 90_000, searches: 1 }))).toBe(
      'One run never costs more than 400 credits, before surcharges.',
    )
    expect(words(priceUnits(rate, {}))).toBe('Nothing with a price was delivered.')
    expect(words({ amount: held, lines: [], decidedBy: 'hold' })).toBe(
      'You were shown at most 100 credits before it ran, so that is all it costs.',
    )
  })

  it('writes units and rates as one reads them', () => {
    expect(countOf('images', 1)).toBe('1 image')
    expect(countOf('outputTokens', 1_250)).toBe('1,250 reply tokens')
    expect(rateOf({ unit: 'images', price: millicredits(50_000), per: 1 })).toBe('50 per image')
    expect(rateOf({ unit: 'outputTokens', price: millicredits(500), per: 1_000 })).toBe(
      '0.5 per 1,000 reply tokens',
    )
  })

  it('shows a reason it does not know as it is', () => {
    expect(reasonWords('timed_out')).toBe('The provider took too long.')
    expect(reasonWords('solar_flare')).toContain('solar_flare')
  })
})

describe('the grouped table as CSV', () => {
  it('quotes what needs it and keeps a spreadsheet from running a name', () => {
    const table = buildGroupTable(
      [
        { key: 'a', label: 'Say "hi", all', operations: 2, charged: millicredits(1_500) },
        { key: 'b', label: '=1+1', operations: 1, charged: millicredits(500) },
      ],
      'subject',
    )
    expect(groupsToCsv(table, 'subject', ({ label }) => label)).toBe(
      'Subject,Operations,Credits\r\n"Say ""hi"", all",2,1.5\r\n\'=1+1,1,0.5\r\n',
    )
  })
})
