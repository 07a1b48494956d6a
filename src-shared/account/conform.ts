/** Brings the credits of the current cycle into line with the account's terms. */

import { addCredits, type Credits, minCredits, subtractCredits, ZERO } from '../credits/amount.ts'
import type { Draw } from '../credits/grant.ts'
import type { GrantBalance } from '../journal/balance.ts'
import { accountEntry, grantEntry, revokeEntry, sumDraws } from '../journal/entries.ts'
import type { EntryDraft } from '../journal/journal.ts'
import { OVERAGE_FAMILY, overageGrant, PLAN_FAMILY, planGrant } from './cycle-grants.ts'
import type { Cycle } from './cycle.ts'
import type { Books } from './account.ts'
import { opened, type Terms } from './terms.ts'

/**
 * Records how much of the plan's allowance a cycle was given. That only falls with a fresh grant,
 * so the number of grants and the amount together make a unique id.
 */
export function allowanceEntry(books: Books, cycle: Cycle, allowed: Credits): EntryDraft {
  const made = grantsMade(books, PLAN_FAMILY, cycle)
  const id = `allowance:${opened(books.account).id}:${cycle.index}:${made}:${allowed}`
  return accountEntry(id, { type: 'allowance', cycle: cycle.index, allowed })
}

/** How many grants of a family were made for a cycle, whatever became of them. */
function grantsMade({ balances }: Books, family: string, cycle: Cycle): number {
  return [...balances.values()].filter(
    ({ grant }) => grant.family === family && grant.cycle?.index === cycle.index,
  ).length
}

/** What is left of the grants of a family that were made for a cycle and not taken back. */
export function openGrants(
  { account, balances }: Books,
  family: string,
  cycle: Cycle,
): readonly GrantBalance[] {
  return [...balances.values()].filter(
    ({ grant }) =>
      grant.family === family &&
      grant.cycle?.index === cycle.index &&
      !account.closed.has(grant.id),
  )
}

/** Gives what an override allows beyond what the cycle was given (conformance: schematic 10). */
function overrideEntries(
  books: Books,
  terms: Terms,
  cycle: Cycle,
  at: number,
): readonly EntryDraft[] {
  const { allowed } = books.account
  const isOverridden = terms.overrides.some(({ allowance }) => allowance !== undefined)
  if (!isOverridden || terms.allowance <= allowed) return []
  const raise = subtractCredits(terms.allowance, allowed)
  const part = `override-${grantsMade(books, PLAN_FAMILY, cycle)}`
  const grant = planGrant(books.account, terms, cycle, at, raise, part)
  return [allowanceEntry(books, cycle, terms.allowance), grantEntry(grant)]
}

/**
 * Adjusts the cycle's overage to the terms: grants what is missing, takes back what is too much.
 */
function overageEntries(
  books: Books,
  terms: Terms,
  cycle: Cycle,
  at: number,
): readonly EntryDraft[] {
  const { atZero } = terms
  const limit = atZero.kind === 'overage' ? atZero.limit : ZERO
  const open = openGrants(books, OVERAGE_FAMILY, cycle)
  const granted = addCredits(...open.map(({ grant }) => grant.amount))
  if (limit > granted) {
    const more = subtractCredits(limit, granted)
    const made = grantsMade(books, OVERAGE_FAMILY, cycle)
    const part = made === 0 ? '' : String(made)
    return [grantEntry(overageGrant(books.account, terms, cycle, at, more, part))]
  }
  if (limit > ZERO) return []
  return open.map(({ grant, available }) =>
    revokeEntry(
      `${opened(books.account).id}:${cycle.index}`,
      { grantId: grant.id, amount: available },
      'The plan has no overage any more',
      true,
    ),
  )
}

/** What is due for the current cycle to fit the terms of a moment; nothing if it does. */
export function conformEntries(
  books: Books,
  terms: Terms,
  cycle: Cycle,
  at: number,
): readonly EntryDraft[] {
  return [...overrideEntries(books, terms, cycle, at), ...overageEntries(books, terms, cycle, at)]
}

/** Takes back the rest of the cycle's plan credits, before a fresh set replaces them. */
export function endPlanGrants(books: Books, cycle: Cycle, changeId: string): readonly EntryDraft[] {
  return openGrants(books, PLAN_FAMILY, cycle).map(({ grant, available }) =>
    revokeEntry(
      changeId,
      { grantId: grant.id, amount: available },
      'Replaced by the credits of another plan',
      true,
    ),
  )
}

/** Takes back up to `amount` of grants, as far as available; returns how much that was. */
export function takeBack(
  grants: readonly GrantBalance[],
  amount: Credits,
  changeId: string,
  reason: string,
): { readonly taken: Credits; readonly entries: readonly EntryDraft[] } {
  let left = amount
  const draws: Draw[] = []
  for (const { grant, available } of grants) {
    const part = minCredits(available, left)
    if (part > ZERO) draws.push({ grantId: grant.id, amount: part })
    left = subtractCredits(left, part)
  }
  const entries = draws.map((draw) => revokeEntry(changeId, draw, reason, false))
  return { taken: sumDraws(draws), entries }
}
