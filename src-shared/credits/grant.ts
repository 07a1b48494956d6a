import type { Credits } from './amount.ts'

/** Where credits come from. */
export const GRANT_SOURCES = [
  'plan',
  'pack',
  'add-on',
  'promo',
  'trial',
  'referral',
  'refund',
  'adjustment',
  'earnings',
  'overage',
] as const
export type GrantSource = (typeof GRANT_SOURCES)[number]

/**
 * An addition of credits (design: words). Times are epoch milliseconds. It stays as granted except
 * for its end, which a later entry may extend (conformance: tooljet 4).
 */
export interface Grant {
  readonly id: string
  readonly source: GrantSource
  readonly amount: Credits
  readonly effectiveAt: number
  /** First moment at which the grant no longer pays; null never expires. */
  readonly expiresAt: number | null
  /** Lower pays first; copied from the catalog so that a later catalog cannot reorder the past. */
  readonly priority: number
  /** What a person reads: "Free plan, November". */
  readonly label: string
  readonly catalogVersion: string
  /**
   * Groups grants that belong together: the plan's, those of one subscription, one pool of packs.
   */
  readonly family?: string
  /** The cycle it was made for. Once that has ended, its credits count as rolled over. */
  readonly cycle?: { readonly index: number; readonly endsAt: number }
  /** The operations it may pay for; absent for all. */
  readonly operations?: readonly string[]
}

/** A part of an operation's amount and the grant it comes from. */
export interface Draw {
  readonly grantId: string
  readonly amount: Credits
}

/** Whether a grant may pay at `now`. */
export function isInForce(grant: Grant, now: number): boolean {
  return grant.effectiveAt <= now && (grant.expiresAt === null || now < grant.expiresAt)
}

/** Whether the grant has ended at `now`, so that what is left of it expires. */
export function hasExpired(grant: Grant, now: number): boolean {
  return grant.expiresAt !== null && grant.expiresAt <= now
}

/** Whether its credits are carried over from an earlier cycle at `now`. */
export function isRolledOver(grant: Grant, now: number): boolean {
  return grant.cycle !== undefined && grant.cycle.endsAt <= now && !hasExpired(grant, now)
}

/** Whether a grant may pay for `operation`; null asks whether it may pay for every operation. */
export function paysFor(grant: Grant, operation: string | null): boolean {
  if (grant.operations === undefined) return true
  return operation !== null && grant.operations.includes(operation)
}
