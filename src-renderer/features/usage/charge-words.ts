/** What "How this was charged" says of the run: how it went, why, and who paid. */

import type { Grant } from '#shared/credits/grant.ts'
import type { ChargeExplanation } from '#shared/usage/views.ts'
import { creditsInWords } from '../../kit/format.ts'

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
    case 'reused':
      return 'You made this before, so it came from the library, free.'
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

/** What a grant is called; one without a label goes by its source. */
export function grantName({ label, source }: Grant): string {
  return label === '' ? source : label
}
