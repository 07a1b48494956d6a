/** What it means that the credits do not cover a run (design: at zero). */

import type { AtZero } from '../catalog/policies.ts'
import { type Credits, subtractCredits, ZERO } from '../credits/amount.ts'

/**
 * What a plan does with a run its credits do not cover. In each case runs go on by themselves, with
 * nobody doing anything, when credits arrive: at the cycle's reset, by a purchase, by another plan.
 */
export type Standstill =
  /** AI waits; the rest of the product goes on. */
  | { readonly kind: 'paused'; readonly resumesAt: number | null }
  /** New runs are refused. */
  | { readonly kind: 'blocked'; readonly resumesAt: number | null }
  /** Running on account is over too: all that the plan allows beyond its credits is used. */
  | {
      readonly kind: 'overage-used'
      readonly limit: Credits
      readonly resumesAt: number | null
    }
  /** Other runs hold the credits: some come back when they end. */
  | { readonly kind: 'held'; readonly held: Credits }

export interface Shortfall {
  /** Least that the run needs. */
  readonly needed: Credits
  readonly available: Credits
  /** What open runs hold. */
  readonly held: Credits
  /** When the next credits come by themselves; null when none do. */
  readonly resetsAt: number | null
}

/** What a run that is not covered meets under a plan's rule. */
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
