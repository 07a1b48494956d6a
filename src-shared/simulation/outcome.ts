/** What a simulation tells: recorded usage as it would have gone under a plan. */

import type { Credits } from '../credits/amount.ts'
import type { Money } from '../credits/money.ts'

/** One cycle of a plan with the usage that fell into it. Times are epoch milliseconds. */
export interface SimulatedMonth {
  readonly startsAt: number
  readonly endsAt: number
  /** What the cycle brought: the plan's allowance. */
  readonly allowance: Credits
  /** What add-ons brought with it. */
  readonly addOnCredits: Credits
  /** Carried in from earlier cycles. */
  readonly rolledOver: Credits
  /** What its runs would have been charged, overage included. */
  readonly used: Credits
  /** The part of `used` beyond all credits, for the invoice. */
  readonly overage: Credits
  /** What the runs refused for lack of credits, or by a cap, would have cost. */
  readonly refused: Credits
  readonly refusedRuns: number
  /** Ended unused. */
  readonly expired: Credits
  /** Packs bought because credits ran out. */
  readonly packs: number
  readonly packCredits: Credits
  /** Plan, add-ons, packs and priced overage; null where the plan's price is by agreement. */
  readonly money: Money | null
}

/** Runs that the other catalog does not price or the plan does not allow: they count nowhere else. */
export interface LeftOut {
  readonly operation: string
  readonly why: 'unpriced' | 'not-entitled'
  readonly runs: number
  /** What was charged for them when they were recorded, as far as that is known. */
  readonly recorded: Credits
}

export interface Simulation {
  readonly planId: string
  readonly planName: string
  readonly catalogName: string
  readonly catalogVersion: string
  /** The cycles that the usage falls into, oldest first, with those between. */
  readonly months: readonly SimulatedMonth[]
  readonly runs: number
  readonly used: Credits
  readonly overage: Credits
  readonly refused: Credits
  readonly refusedRuns: number
  readonly expired: Credits
  readonly packs: number
  /** How often it would have run out: cycles in which a run found too little left. */
  readonly ranOut: number
  /** Null where the plan's price is by agreement. */
  readonly money: Money | null
  readonly leftOut: readonly LeftOut[]
  /** Of the refused runs, those that a cap refused. */
  readonly cappedRuns: number
}

/**
 * What happens when the credits are used up: what the plan says at zero, or a pack is bought first.
 */
export const WHEN_OUT = ['as-the-plan-says', 'buy-packs'] as const
export type WhenOut = (typeof WHEN_OUT)[number]
