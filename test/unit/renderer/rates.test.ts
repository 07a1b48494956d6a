import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { millicredits } from '#shared/credits/amount.ts'
import { findOperation, readCatalog } from '#shared/catalog/catalog.ts'
import type { OperationRate } from '#shared/catalog/rates.ts'
import {
  calculatorFields,
  lengthUnit,
  startingUnits,
  tokensToWords,
  wordsToTokens,
} from '../../../src-renderer/features/rates/calculator.ts'
import { plotPrices } from '../../../src-renderer/features/rates/price-plot.ts'

const catalogFile = new URL('../../../resources/catalogs/default.json', import.meta.url)
const defaultCatalog: unknown = JSON.parse(readFileSync(catalogFile, 'utf8'))

function rateOf(id: string): OperationRate {
  const read = readCatalog(defaultCatalog)
  const rate = read.ok ? findOperation(read.catalog, id) : undefined
  if (!rate) throw new Error(`no rate ${id}`)
  return rate
}

describe('the calculator', () => {
  it('asks for what the operation is priced by, surcharges too', () => {
    expect(calculatorFields(rateOf('chat.fast')).map(({ unit }) => unit)).toEqual([
      'inputTokens',
      'cachedInputTokens',
      'outputTokens',
      'searches',
    ])
    expect(calculatorFields(rateOf('image.standard'))[0]).toMatchObject({ limit: 10 })
  })

  it('starts from units that one run may have', () => {
    const rate = rateOf('video.standard')
    const tight = { ...rate, limits: { seconds: 3 } }
    expect(startingUnits(tight)).toEqual({ seconds: 3, inputTokens: 40 })
  })

  it('starts from what the catalog calls a typical run', () => {
    const typical = { ...rateOf('chat.fast'), typical: { outputTokens: 2_500 } }
    expect(startingUnits(typical)).toEqual({
      inputTokens: 0,
      cachedInputTokens: 0,
      outputTokens: 2_500,
      searches: 0,
    })
  })

  it('turns words into tokens, never fewer than they need', () => {
    expect(wordsToTokens(0)).toBe(0)
    expect(wordsToTokens(1)).toBe(2)
    expect(wordsToTokens(300)).toBe(400)
    expect(tokensToWords(400)).toBe(300)
    expect(tokensToWords(wordsToTokens(1_234))).toBe(1_234)
  })
})

describe('the price plot', () => {
  it('never falls, and ends at its highest price', () => {
    for (const id of ['chat.fast', 'request.standard', 'image.advanced', 'speech', 'extraction']) {
      const plot = plotPrices(rateOf(id), startingUnits(rateOf(id)))
      const prices = plot.points.map(({ price }) => price)
      expect(prices).toEqual([...prices].sort((left, right) => left - right))
      expect(plot.top).toBe(prices.at(-1))
      expect(plot.points.at(-1)?.count).toBe(plot.end)
    }
  })

  it('shows where the maximum sets in', () => {
    const plot = plotPrices(rateOf('chat.fast'), {})
    expect(plot.unit).toBe('outputTokens')
    expect(plot.top).toBe(millicredits(400_000))
    expect(plot.points[0]?.price).toBe(millicredits(40_000))
  })

  it('stays within what one run may ask for, and reaches a count beyond the usual', () => {
    expect(plotPrices(rateOf('image.standard'), {}).end).toBe(10)
    expect(plotPrices(rateOf('speech'), {}).end).toBe(8_000)
    expect(plotPrices(rateOf('extraction'), { pages: 500 }).end).toBeGreaterThan(500)
  })

  it('draws against what the price grows with', () => {
    expect(lengthUnit(rateOf('image.standard'))).toBe('images')
    expect(lengthUnit(rateOf('video.advanced'))).toBe('seconds')
  })
})
