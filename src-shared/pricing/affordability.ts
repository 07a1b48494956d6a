/** Whether a balance covers a run, and what would fit if it does not. */

import type { Credits } from '../credits/amount.ts'
import { largestAffordableOutput, type Quote, quotePrices } from './rate-card.ts'
import type { Units } from '../credits/units.ts'

/** A shorter reply helps nobody: better to say that the balance does not cover it. */
const SHORTEST_USEFUL_REPLY = 60

export type Coverage =
  | { readonly kind: 'full'; readonly quote: Quote }
  /** The same run with a shorter reply; its maximum fits. */
  | { readonly kind: 'shorter'; readonly quote: Quote; readonly maximumOutputTokens: number }
  | { readonly kind: 'insufficient' }

/**
 * How much of a quote `available` covers: all of it, the same run with fewer output tokens, or
 * nothing worth running (design: one AI call).
 */
export function coverQuote(quote: Quote, available: Credits): Coverage {
  if (quote.maximum <= available) return { kind: 'full', quote }
  const longest = quote.maximumUnits.outputTokens ?? 0
  const base: Units = { ...quote.maximumUnits, outputTokens: 0 }
  const fitting = largestAffordableOutput(
    quote.rate,
    base,
    'outputTokens',
    available,
    longest,
    quote.premium?.percent,
  )
  if (fitting === null || fitting < Math.min(SHORTEST_USEFUL_REPLY, longest)) {
    return { kind: 'insufficient' }
  }
  return { kind: 'shorter', quote: shortenQuote(quote, fitting), maximumOutputTokens: fitting }
}

/** The quote of the same run with at most `outputTokens` of output. */
function shortenQuote(quote: Quote, outputTokens: number): Quote {
  const maximumUnits: Units = { ...quote.maximumUnits, outputTokens }
  const expectedUnits: Units = {
    ...quote.expectedUnits,
    outputTokens: Math.min(quote.expectedUnits.outputTokens ?? 0, outputTokens),
  }
  const percent = quote.premium?.percent
  return { ...quote, ...quotePrices(quote.rate, expectedUnits, maximumUnits, percent) }
}

/** The least a quote can cost: the price of the least it can deliver. */
export function leastNeeded(quote: Quote): Credits {
  const longest = quote.maximumUnits.outputTokens ?? 0
  if (longest === 0) return quote.maximum
  const outputTokens = Math.min(SHORTEST_USEFUL_REPLY, longest)
  return shortenQuote(quote, outputTokens).maximum
}
