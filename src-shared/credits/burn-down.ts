/** Which grants pay, and in what order (design: burn-down). */

import { addCredits, type Credits, minCredits, subtractCredits, ZERO } from './amount.ts'
import { type Draw, type Grant, type GrantSource, isInForce, paysFor } from './grant.ts'

/** What burn-down needs to know about a grant; any balance of grants will do. */
export interface Payer {
  readonly grant: Grant
  readonly available: Credits
}

const PROMOTIONAL: readonly GrantSource[] = ['promo', 'trial']

/**
 * Compares grants by the order in which they pay: priority, then soonest expiry (never expiring
 * last), then promotional before paid, then effective date, then id. A total order, so two machines
 * with the same grants draw alike.
 */
export function burnOrder(left: Grant, right: Grant): number {
  return (
    left.priority - right.priority ||
    compare(left.expiresAt ?? Infinity, right.expiresAt ?? Infinity) ||
    compare(promotionalRank(left), promotionalRank(right)) ||
    compare(left.effectiveAt, right.effectiveAt) ||
    compare(left.id, right.id)
  )
}

function compare<Value extends number | string>(left: Value, right: Value): number {
  if (left === right) return 0
  return left < right ? -1 : 1
}

function promotionalRank(grant: Grant): number {
  return PROMOTIONAL.includes(grant.source) ? 0 : 1
}

/**
 * What may be spent on `operation` at `now`: the available credits of every grant in force that may
 * pay for it; for null, of those that pay for anything.
 */
export function availableAt(
  payers: Iterable<Payer>,
  now: number,
  operation: string | null = null,
): Credits {
  let sum = ZERO
  for (const { grant, available } of payers) {
    if (isInForce(grant, now) && paysFor(grant, operation)) sum = addCredits(sum, available)
  }
  return sum
}

export type DrawResult =
  | { readonly ok: true; readonly draws: readonly Draw[] }
  | { readonly ok: false; readonly available: Credits }

/**
 * Takes `amount` for `operation` from the grants in force at `now`, in burn-down order, or nothing
 * at all if they hold less. Draws are in paying order, each above zero; an amount of zero draws
 * nothing. Throws a RangeError on a negative amount.
 */
export function drawFrom(
  payers: Iterable<Payer>,
  amount: Credits,
  now: number,
  operation: string | null = null,
): DrawResult {
  if (amount < 0) throw new RangeError(`Cannot draw a negative amount: ${amount}`)
  const inForce: Payer[] = []
  for (const payer of payers) {
    const { grant, available } = payer
    if (available > 0 && isInForce(grant, now) && paysFor(grant, operation)) inForce.push(payer)
  }
  const available = availableAt(inForce, now, operation)
  if (available < amount) return { ok: false, available }
  inForce.sort((left, right) => burnOrder(left.grant, right.grant))
  const draws: Draw[] = []
  let left = amount
  for (const payer of inForce) {
    if (left === 0) break
    const part = minCredits(payer.available, left)
    draws.push({ grantId: payer.grant.id, amount: part })
    left = subtractCredits(left, part)
  }
  return { ok: true, draws }
}
