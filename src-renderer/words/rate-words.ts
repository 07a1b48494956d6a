/** How units, rates and how a charge was computed read, on Rates and in "How this was charged". */

import type { Credits } from '#shared/credits/amount.ts'
import type { OperationRate } from '#shared/catalog/rates.ts'
import type { Charge, PriceLine } from '#shared/pricing/rate-card.ts'
import type { UnitName } from '#shared/credits/units.ts'
import { creditsInWords, formatCount, formatCredits } from '../kit/format.ts'

const UNIT_WORDS: Readonly<Record<UnitName, readonly [one: string, many: string]>> = {
  requests: ['request', 'requests'],
  inputTokens: ['prompt token', 'prompt tokens'],
  cachedInputTokens: ['cached prompt token', 'cached prompt tokens'],
  outputTokens: ['reply token', 'reply tokens'],
  images: ['image', 'images'],
  seconds: ['second', 'seconds'],
  characters: ['character', 'characters'],
  searches: ['web search', 'web searches'],
  pages: ['page', 'pages'],
}

/** `320 reply tokens`, `1 image`. */
export function countOf(unit: UnitName, count: number): string {
  const [one, many] = UNIT_WORDS[unit]
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

/** `10 per 1,000 prompt tokens`, `50 per image`. */
export function rateOf({ unit, price, per }: Pick<PriceLine, 'unit' | 'price' | 'per'>): string {
  const [one] = UNIT_WORDS[unit]
  return `${formatCredits(price)} per ${per === 1 ? one : countOf(unit, per)}`
}

/** One sentence on how the lines became the amount; null when the lines say it all. */
export function decisionWords(charge: Charge, rate: OperationRate, held: Credits): string | null {
  switch (charge.decidedBy) {
    case 'minimum':
      return `The least that one run costs is ${creditsInWords(rate.minimum)}${surchargeWords(charge)}.`
    case 'maximum':
      return rate.maximum === undefined
        ? 'The amount reached the largest that one run may cost.'
        : `One run never costs more than ${creditsInWords(rate.maximum)}${surchargeWords(charge)}.`
    case 'hold':
      return `You were shown at most ${creditsInWords(held)} before it ran, so that is all it costs.`
    case 'nothing':
      return 'Nothing with a price was delivered.'
    case 'lines':
      return `The sum, rounded up to ${stepWords(rate.increment)}.`
  }
}

function surchargeWords({ lines }: Charge): string {
  return lines.some(({ surcharge }) => surcharge) ? ', before surcharges' : ''
}

function stepWords(increment: Credits): string {
  return increment === 1_000 ? 'a whole credit' : `a multiple of ${creditsInWords(increment)}`
}
