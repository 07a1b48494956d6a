/**
 * What changes about an account, as the journal keeps it: facts without postings. The authority
 * writes them; with the catalogs they decide which credits an account gets, and when.
 */

import type { AtZero, Cap, Entitlements } from '../catalog/policies.ts'
import type { Credits } from '../credits/amount.ts'

/** Terms that differ from the plan's, for one account, perhaps for a time. */
export interface Override {
  readonly id: string
  /** Why, for people: "Launch month", "Enterprise agreement". */
  readonly name: string
  readonly from: number
  /** First moment at which it no longer holds; null lasts. */
  readonly until: number | null
  /** Credits of each cycle in place of the plan's, for all seats together. */
  readonly allowance?: Credits
  readonly atZero?: AtZero
  /** Besides those of the plan; a cap of the same id takes its place. */
  readonly caps?: readonly Cap[]
  readonly entitlements?: Entitlements
}

export type AccountChange =
  | {
      readonly type: 'opened'
      readonly accountId: string
      /** With `timeZone` the anchor of the cycles. */
      readonly startsAt: number
      readonly timeZone: string
      readonly planId: string
      readonly seats: number
    }
  | {
      readonly type: 'plan'
      readonly planId: string
      readonly seats: number
      /** From when: at once, or a later cycle's start. A later change takes its place. */
      readonly from: number
      readonly reason: 'chosen' | 'migration'
    }
  | {
      readonly type: 'add-on'
      readonly subscriptionId: string
      readonly addOnId: string
      readonly quantity: number
      /** Comes again each time a processor was paid for it; absent: with each cycle. */
      readonly renews?: 'when-paid'
    }
  | {
      readonly type: 'add-on-ended'
      readonly subscriptionId: string
      /** The first cycle start at which it does not renew. */
      readonly from: number
    }
  /**
   * How much of the plan's allowance a cycle has been given: at its start, and when a change in
   * mid-cycle raised it. Going down and up again within a cycle gives nothing twice.
   */
  | {
      readonly type: 'allowance'
      /** Index of the cycle. */
      readonly cycle: number
      readonly allowed: Credits
    }
  | { readonly type: 'override'; readonly override: Override }
  /** An override has begun or come to its end, and what follows from that is written. */
  | { readonly type: 'override-begun'; readonly overrideId: string }
  | { readonly type: 'override-over'; readonly overrideId: string }
  | { readonly type: 'redeemed'; readonly code: string }
  /** A cap set by people of the account; the same id again replaces it. */
  | { readonly type: 'cap'; readonly cap: Cap }
  | { readonly type: 'cap-removed'; readonly capId: string }
