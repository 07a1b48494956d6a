/** The one quiet line under a prompt, in words. */

import { type Credits, MILLICREDITS_PER_CREDIT, ZERO } from '#shared/credits/amount.ts'
import type { QuoteView } from '#shared/host/views.ts'
import { creditsInWords, formatCredits, formatTime } from '../../../kit/format.ts'

export interface QuoteWords {
  readonly text: string
  readonly tone: 'plain' | 'caution' | 'bad'
  /** Whether a run may start at this price. */
  readonly affordable: boolean
}

/**
 * `~12 credits · at most 40`, or what would fit, or what is missing and when more comes.
 * `held` is what running runs hold now: it comes back, in part, when they end.
 */
export function quoteWords(view: QuoteView, timeZone: string, held: Credits = ZERO): QuoteWords {
  const { quote, affordability } = view
  if (view.reuse) {
    return {
      text: `You made this before: free · a new one ${priceWords(view)}`,
      tone: 'plain',
      affordable: true,
    }
  }
  switch (affordability.kind) {
    case 'full':
      return { text: priceWords(view), tone: 'plain', affordable: true }
    case 'shorter':
      return {
        text: `Short reply, at most ${creditsInWords(affordability.maximum)}: the balance does not cover ${formatCredits(quote.maximum)}`,
        tone: 'caution',
        affordable: true,
      }
    case 'insufficient': {
      const { needed, available, resetsAt } = affordability
      if (available + held >= needed) {
        return {
          text: `${creditsInWords(needed)} needed, ${formatCredits(available)} free until a run has ended: ${formatCredits(held)} held`,
          tone: 'caution',
          affordable: false,
        }
      }
      const reset = resetsAt === null ? '' : `: resets ${formatTime(resetsAt, timeZone, 'day')}`
      return {
        text: `${creditsInWords(needed)} needed, ${formatCredits(available)} left${reset}`,
        tone: 'bad',
        affordable: false,
      }
    }
  }
}

/** The price alone, whatever the balance; with what of it goes to a recipe's creator. */
export function priceWords(view: QuoteView): string {
  const { quote } = view
  const premium = premiumWords(view)
  if (quote.expected === quote.maximum) return `${creditsInWords(quote.maximum)}${premium}`
  return `~${creditsInWords(quote.expected)} · at most ${formatCredits(quote.maximum)}${premium}`
}

/** ` · 1 goes to Ana`, or nothing where nothing does. */
function premiumWords({ quote: { premium }, recipe }: QuoteView): string {
  if (!premium || !recipe || premium.maximum === 0) return ''
  const { expected, maximum } = premium
  const about = expected === maximum ? '' : '~'
  const verb = expected === MILLICREDITS_PER_CREDIT ? 'goes' : 'go'
  return ` · ${about}${formatCredits(expected)} ${verb} to ${recipe.creatorName}`
}
