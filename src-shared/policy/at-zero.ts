/** What happens when the credits do not cover a run (design: at zero). */

import type { AtZero } from '../catalog/policies.ts'
import { type Credits, subtractCredits, ZERO } from '../credits/amount.ts'

/**
 * What a plan does with a run its credits do not cover. In each case runs resume by themselves when
 * credits arrive: at the cycle's reset, with a purchase, or with another plan.
 */
export type Standstill =
  /** AI waits; the rest of the product goes on. */
  | { readonly kind: 'paused'; readonly resumesAt: number | null }
  /** New runs are refused. */
  | { readonly kind: 'blocked'; readonly resumesAt: number | null }
  /** Overage is used up too: everything the plan allows beyond its credits. */
  | {
      readonly kind: 'overage-used'
      readonly limit: Credits
      readonly resumesAt: number | null
    }
  /** Other runs hold the credits: some come back when they end. */
  | { readonly kind: 'held'; readonly held: Credits }

export interface Shortfall {
  /** The least the run needs. */
  readonly needed: Credits
  readonly available: Credits
  /** What open runs hold. */
  readonly held: Credits
  /** When the next credits arrive by themselves; null if none do. */
  readonly resetsAt: number | null
}

/** What happens, under a plan's rule, to a run that is not covered. */
export function standstillOf(
  rule: AtZero,
  { needed, available, held, resetsAt }: Shortfall,
): Standstill {
  if (held > ZERO && held >= subtractCredits(needed, available)) return { kind: 'held', held }
  switch (rule.kind) {
    case 'pause':
      return { kind: 'paused', resumesAt: resetsAt }
    case 'block':
      return { kind: 'blocked', resumesAt: resetsAt }
    case 'overage':
      return { kind: 'overage-used', limit: rule.limit, resumesAt: resetsAt }
  }
}
