/** What balances come to at a moment, computed plainly, to check other figures against. */

import { addCredits, type Credits, subtractCredits, ZERO } from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import { hasExpired } from '#shared/credits/grant.ts'
import type { BalanceState, GrantBalance } from '#shared/journal/balance.ts'
import { expireEntry } from '#shared/journal/entries.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'

interface BalanceTotals {
  /** What may be spent now: the number that gates. */
  readonly available: Credits
  readonly held: Credits
  readonly spent: Credits
  /** Includes what is past its grant's expiry though no expire entry is written yet. */
  readonly expired: Credits
  /** Available in grants that are not in force yet. */
  readonly upcoming: Credits
}

/**
 * The totals at `now`. A grant past its expiry is not available, whether or not its expire entry has
 * been written.
 */
export function totalsAt(state: BalanceState, now: number): BalanceTotals {
  const sum = (part: (balance: GrantBalance) => Credits) =>
    [...state.values()].reduce((total, balance) => addCredits(total, part(balance)), ZERO)
  const available = availableAt(state.values(), now)
  const lapsed = sum((balance) => (hasExpired(balance.grant, now) ? balance.available : ZERO))
  const unspent = sum((balance) => balance.available)
  return {
    available,
    held: sum((balance) => balance.held),
    spent: sum((balance) => balance.spent),
    expired: addCredits(
      sum((balance) => balance.expired),
      lapsed,
    ),
    upcoming: subtractCredits(unspent, addCredits(available, lapsed)),
  }
}

/** The expire entries that are due at `now`: one for each grant at its end with credits left. */
export function expiriesDue(state: BalanceState, now: number): readonly EntryDraft[] {
  return [...state.values()]
    .filter(({ grant, available }) => available > 0 && hasExpired(grant, now))
    .map(({ grant, available }) => expireEntry(grant.id, available))
}
