/** Why credits do not cover a run. */

import {
  addCredits,
  type Credits,
  creditsToDecimal,
  subtractCredits,
} from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import type { GrantBalance } from '#shared/journal/balance.ts'
import type { QuotedPrice } from '#shared/pricing/rate-card.ts'
import { failure } from '#shared/result.ts'
import type { LedgerState } from './state.ts'

/** Why a hold is refused: the credits do not exist, or are just not on this machine. */
export function notCovered(state: LedgerState, available: Credits, quote: QuotedPrice, at: number) {
  const { maximum: needed, operation } = quote
  const lease = state.team?.lease
  if (!lease) return insufficientCredits(available, needed)
  if (at >= lease.expiresAt) return leaseOver(lease.expiresAt, needed)
  const all = unspentAt(state.balances.values(), at, operation)
  if (all < needed) return insufficientCredits(available, needed)
  return leaseShort(available, needed, subtractCredits(all, available))
}

/** What is unspent here and elsewhere, whether or not this machine may draw on it. */
export function unspentAt(
  balances: Iterable<GrantBalance>,
  at: number,
  operation: string,
): Credits {
  const whole = [...balances].map(({ grant, available, elsewhere }) => ({
    grant,
    available: addCredits(available, elsewhere),
  }))
  return availableAt(whole, at, operation)
}

function leaseOver(since: number, needed: Credits) {
  return failure(
    'lease_over',
    'This machine has not reached the team’s server for too long. Connect it, and it goes on.',
    { since, needed },
  )
}

/** `elsewhere` is the most that may be there: only the server knows what other machines spent. */
function leaseShort(available: Credits, needed: Credits, elsewhere: Credits) {
  return failure(
    'lease_short',
    `This run may cost up to ${creditsToDecimal(needed)} credits, and ${creditsToDecimal(available)} of the team’s are with this machine. Connect it to get more.`,
    { available, needed, elsewhere },
  )
}

function insufficientCredits(available: Credits, needed: Credits) {
  return failure(
    'insufficient_credits',
    `This run may cost up to ${creditsToDecimal(needed)} credits, and ${creditsToDecimal(available)} are available.`,
    { available, needed },
  )
}
