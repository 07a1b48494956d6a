/**
 * What is in force for an account, as a snapshot: maps and sets as lists. Catalogs are entries of
 * their own.
 */

import type { Cap } from '../catalog/policies.ts'
import type { Credits } from '../credits/amount.ts'
import type { Override } from './account-change.ts'

/** A plan from a moment on, until the next such term begins. */
export interface PlanTerm {
  readonly planId: string
  readonly seats: number
  readonly from: number
}

/** An add-on that renews. */
export interface Subscription {
  readonly id: string
  readonly addOnId: string
  readonly quantity: number
  /** The first cycle start at which it does not renew; null while it goes on. */
  readonly endsFrom: number | null
  /** Renews each time a processor was paid for it; absent: with each cycle. */
  readonly renews?: 'when-paid'
}

/** An override, and whether what follows from its beginning and its end has been written. */
export interface OverrideTerm {
  readonly override: Override
  readonly begun: boolean
  readonly over: boolean
}

/**
 * How much a family may still carry over when holds that were open at the cycle's end are released.
 */
export interface RolloverRoom {
  readonly cycle: number
  readonly room: Credits
}

export interface AccountSnapshot {
  readonly account: {
    readonly id: string
    readonly anchor: { readonly startsAt: number; readonly timeZone: string }
  } | null
  readonly plans: readonly PlanTerm[]
  readonly cycle: number
  readonly allowed: Credits
  readonly overrideMoments: number
  readonly subscriptions: readonly Subscription[]
  readonly overrides: readonly OverrideTerm[]
  readonly redeemed: readonly (readonly [code: string, times: number])[]
  readonly caps: readonly Cap[]
  readonly rooms: readonly (readonly [family: string, room: RolloverRoom])[]
  readonly closed: readonly string[]
}
