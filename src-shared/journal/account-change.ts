/**
 * What changes about an account, as the journal keeps it: facts without postings. The authority
 * writes them; with the catalogs they decide which credits an account gets, and when.
 */

import type { AtZero, Cap, Entitlements } from '../catalog/policies.ts'
import type { Credits } from '../credits/amount.ts'

/** Terms for one account that differ from its plan's, possibly for a time. */
export interface Override {
  readonly id: string
  /** Why, for people: "Launch month", "Enterprise agreement". */
  readonly name: string
  readonly from: number
  /** The first moment at which it no longer applies; null if it has no end. */
  readonly until: number | null
  /** Credits of each cycle in place of the plan's, for all seats together. */
  readonly allowance?: Credits
  readonly atZero?: AtZero
  /** In addition to the plan's; a cap of the same id replaces the plan's. */
  readonly caps?: readonly Cap[]
  readonly entitlements?: Entitlements
}

export type AccountChange =
  | {
      readonly type: 'opened'
      readonly accountId: string
      /** Together with `timeZone`, the anchor of the cycles. */
      readonly startsAt: number
      readonly timeZone: string
      readonly planId: string
      readonly seats: number
    }
  | {
      readonly type: 'plan'
      readonly planId: string
      readonly seats: number
      /** When it begins: at once, or at the start of a later cycle. A later change replaces it. */
      readonly from: number
      readonly reason: 'chosen' | 'migration'
    }
  | {
      readonly type: 'add-on'
      readonly subscriptionId: string
      readonly addOnId: string
      readonly quantity: number
      /** Renews each time a processor was paid for it; absent: with each cycle. */
      readonly renews?: 'when-paid'
    }
  | {
      readonly type: 'add-on-ended'
      readonly subscriptionId: string
      /** The first cycle start at which it does not renew. */
      readonly from: number
    }
  /**
   * How much of the plan's allowance a cycle was given: at its start, and when a change in
   * mid-cycle raised it. Going down and up again within a cycle gives nothing twice.
   */
  | {
      readonly type: 'allowance'
      /** Index of the cycle. */
      readonly cycle: number
      readonly allowed: Credits
    }
  | { readonly type: 'override'; readonly override: Override }
  /** An override has begun or ended, and what follows from that has been written. */
  | { readonly type: 'override-begun'; readonly overrideId: string }
  | { readonly type: 'override-over'; readonly overrideId: string }
  | { readonly type: 'redeemed'; readonly code: string }
  /** A cap set by people of the account; the same id again replaces it. */
  | { readonly type: 'cap'; readonly cap: Cap }
  | { readonly type: 'cap-removed'; readonly capId: string }
