/** How a charge is explained in words: its lines, and what decided the amount in the end. */

import type { Credits } from '#shared/credits/amount.ts'
import type { Grant } from '#shared/credits/grant.ts'
import type { OperationRate } from '#shared/credits/catalog.ts'
import type { Charge, PriceLine } from '#shared/credits/rate-card.ts'
import type { UnitName } from '#shared/credits/units.ts'
import type { ChargeExplanation } from '#shared/usage/views.ts'
import { creditsInWords, formatCount, formatCredits } from '../../kit/format.ts'

const UNIT_WORDS: Readonly<Record<UnitName, readonly [one: string, many: string]>> = {
  requests: ['request', 'requests'],
  inputTokens: ['prompt token', 'prompt tokens'],
  cachedInputTokens: ['prompt token read before', 'prompt tokens read before'],
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

/** The answer in one sentence, above everything else. */
export function verdict({ row, facts }: ChargeExplanation): string {
  if (row.status === 'running') {
    return `Running. At most ${creditsInWords(row.held)} are held for it.`
  }
  if (row.status === 'voided' || row.charged === null) return 'You were not charged.'
  const saved = row.charged < facts.quote.maximum
  const rest = saved ? ' The rest of the hold went back.' : ''
  switch (row.outcome) {
    case 'stopped':
      return `You stopped it and paid for what was delivered.${rest}`
    case 'interrupted':
      return `It was interrupted; you paid for what had been delivered.${rest}`
    case 'failed':
    case 'timed-out':
    case 'rate-limited':
      return `It failed part of the way; you paid for what had been delivered.${rest}`
    case 'completed':
    case null:
      return saved ? `Less than the most you were shown.${rest}` : 'The most you were shown.'
  }
}

const REASONS: Readonly<Record<string, string>> = {
  unreachable: 'The provider could not be reached.',
  unauthorized: 'The provider did not accept the key.',
  rate_limited: 'The provider was too busy.',
  timed_out: 'The provider took too long.',
  model_not_found: 'The provider does not have this model.',
  refused: 'The provider refused the request.',
  malformed_reply: 'The provider sent a reply that made no sense.',
  provider_error: 'The provider reported an error.',
}

/** Why nothing, or only a part, was delivered. An unknown code is shown as it is. */
export function reasonWords(reason: string): string {
  return REASONS[reason] ?? `The reason given was “${reason}”.`
}

/** `Free plan, November · pays until 1 Dec` needs the date from the caller; this is the first part. */
export function grantName({ label, source }: Grant): string {
  return label === '' ? source : label
}
