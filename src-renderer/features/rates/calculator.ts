/** The Rates calculator: which inputs an operation asks for, and what they mean in units. */

import type { OperationRate, RateComponent } from '#shared/catalog/rates.ts'
import { MAX_UNIT_COUNT, type UnitName, type Units } from '#shared/credits/units.ts'
import { UNIT_NAMES } from '../../words/unit-names.ts'

/** English text runs at about four tokens for every three words. */
const TOKENS_PER_WORDS = { tokens: 4, words: 3 } as const

export type TextMeasure = 'words' | 'tokens'

export interface CalculatorField {
  readonly unit: UnitName
  readonly label: string
  /** Whether it is counted in tokens, and so can be given in words. */
  readonly isText: boolean
  /** Largest count, in units, that a run may ask for. */
  readonly limit: number
}

/** What people start from: a short question and its answer, one image, a paragraph read aloud. */
const STARTING_UNITS: Readonly<Record<UnitName, number>> = {
  requests: 1,
  inputTokens: 200,
  cachedInputTokens: 0,
  outputTokens: 400,
  images: 1,
  seconds: 5,
  characters: 1_500,
  searches: 0,
  pages: 1,
}

export function calculatorFields(rate: OperationRate): readonly CalculatorField[] {
  return pricedComponents(rate).map(({ unit }) => ({
    unit,
    label: UNIT_NAMES[unit],
    isText: isTokenUnit(unit),
    limit: rate.limits?.[unit] ?? MAX_UNIT_COUNT,
  }))
}

export function startingUnits(rate: OperationRate): Units {
  const entries = pricedComponents(rate).map(({ unit }) => [unit, startingCount(rate, unit)])
  return Object.fromEntries(entries) as Units
}

function startingCount(rate: OperationRate, unit: UnitName): number {
  if (rate.typical) return rate.typical[unit] ?? 0
  // Beside an image or a video the prompt is a sentence.
  const count = unit === 'inputTokens' && rate.kind !== 'text' ? 40 : STARTING_UNITS[unit]
  return Math.min(count, rate.limits?.[unit] ?? count)
}

/** What the price grows with: the reply of a text, the images, the seconds, the characters. */
export function lengthUnit(rate: OperationRate): UnitName {
  const order: readonly UnitName[] = [
    'outputTokens',
    'images',
    'seconds',
    'characters',
    'pages',
    'inputTokens',
  ]
  const priced = new Set(rate.components.map(({ unit }) => unit))
  return order.find((unit) => priced.has(unit)) ?? rate.components[0]?.unit ?? 'requests'
}

export function isTokenUnit(unit: UnitName): boolean {
  return unit === 'inputTokens' || unit === 'cachedInputTokens' || unit === 'outputTokens'
}

/** Tokens in so many words, rounded up. */
export function wordsToTokens(words: number): number {
  return Math.min(
    Math.ceil((words * TOKENS_PER_WORDS.tokens) / TOKENS_PER_WORDS.words),
    MAX_UNIT_COUNT,
  )
}

/** Words that fit in so many tokens, rounded down. */
export function tokensToWords(tokens: number): number {
  return Math.floor((tokens * TOKENS_PER_WORDS.words) / TOKENS_PER_WORDS.tokens)
}

function pricedComponents(rate: OperationRate): readonly RateComponent[] {
  return [...rate.components, ...rate.surcharges]
}
