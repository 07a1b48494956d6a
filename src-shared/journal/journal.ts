/**
 * The journal's entries. Each carries postings that sum to zero for every grant, so credits only
 * ever move between buckets: issued → available → held → spent, or → expired, and between the two
 * halves of a lease: available ↔ elsewhere.
 */

import type { AccountChange } from './account-change.ts'
import type { LeaseFacts } from './lease-facts.ts'
import type { Charge, QuotedPrice } from '../pricing/rate-card.ts'
import type { Credits } from '../credits/amount.ts'
import type { Grant } from '../credits/grant.ts'
import type { Studio } from '../credits/studios.ts'
import type { Units } from '../credits/units.ts'

/**
 * `elsewhere` is what the other half has: at the authority, what is leased to devices; on a device,
 * what it has no lease of (design: leases).
 */
export type Bucket = 'issued' | 'available' | 'held' | 'spent' | 'expired' | 'elsewhere'

export interface Posting {
  readonly grantId: string
  readonly bucket: Bucket
  readonly amount: Credits
}

/** The recipe a run was made with, as it was then. */
export interface RecipeFacts {
  readonly id: string
  readonly name: string
  /** The public key of whoever made it. */
  readonly creatorId: string
}

/** What is known of an operation before it runs. Never a prompt or an output. */
export interface OperationFacts {
  readonly operationId: string
  readonly studio: Studio
  /** Names are copied, not referenced: the row stays readable after a model or provider is gone. */
  readonly providerId: string
  readonly providerName: string
  readonly modelId: string
  readonly modelName: string
  /** What the work is for; empty when unlabelled. */
  readonly subject: string
  readonly deviceId: string
  /** Who ran it; absent in entries from before there were members. */
  readonly memberId?: string
  readonly quote: QuotedPrice
  /** The plan does not include the operation: the run is part of its trial. */
  readonly trial?: true
  /** Absent where there was none. */
  readonly recipe?: RecipeFacts
  /** The operation whose results are taken from the library instead of making new ones. */
  readonly reuseOf?: string
}

/** How a run ended, as the user sees it. */
export type Outcome =
  | 'completed'
  | 'stopped'
  | 'failed'
  | 'timed-out'
  | 'rate-limited'
  | 'interrupted'
  /** Nothing was made: the results of an earlier run were taken, at no charge. */
  | 'reused'

/** A catalog's JSON as it was published, before any reader has interpreted it. */
export type CatalogSource = Readonly<Record<string, unknown>> & {
  readonly version: string
  readonly name: string
}

export type EntryFacts =
  /**
   * A catalog, recorded once; holds name its version. In force from `from` on, epoch milliseconds.
   */
  | { readonly kind: 'catalog'; readonly from: number; readonly source: CatalogSource }
  /** A catalog's date has come: from here on, time in the ledger is past it. */
  | { readonly kind: 'in-force'; readonly version: string }
  | { readonly kind: 'grant'; readonly grant: Grant }
  | { readonly kind: 'expire'; readonly grantId: string }
  /** Changes what is in force for the account; moves no credits. */
  | { readonly kind: 'account'; readonly change: AccountChange }
  /** Extends grants that have not ended (conformance: tooljet 4). */
  | {
      readonly kind: 'extend'
      readonly grantIds: readonly string[]
      readonly expiresAt: number
      /** The grant whose purchase extends them. */
      readonly because: string
    }
  /** Limits what a family carries into a cycle: the excess, available → expired, oldest first. */
  | {
      readonly kind: 'rollover'
      readonly family: string
      /** Index of the cycle that begins. */
      readonly cycle: number
      /** How much more may be carried when holds that were open at the cycle's end are released. */
      readonly room: Credits
    }
  /** Takes back what is unspent of a grant: available → expired. */
  | {
      readonly kind: 'revoke'
      readonly grantId: string
      readonly reason: string
      /** Also what open holds return later. */
      readonly closes: boolean
    }
  /**
   * Makes good a charge that should not have been: spent → available in the buckets that paid; what
   * these no longer take, or all of it by the catalog's rule, comes as a grant of its own.
   */
  | {
      readonly kind: 'refund'
      readonly operationId: string
      /** In both ways together. */
      readonly amount: Credits
      readonly reason: string
    }
  | { readonly kind: 'hold'; readonly operation: OperationFacts }
  | {
      readonly kind: 'settle'
      readonly operationId: string
      readonly outcome: Outcome
      readonly units: Units
      /** `local`: the provider reported nothing and the host counted; `provider`: as reported. */
      readonly usageSource: 'provider' | 'local'
      readonly charge: Charge
    }
  | {
      readonly kind: 'void'
      readonly operationId: string
      readonly outcome: Outcome
      /** Error code of what went wrong, null when nothing did (a stop before any output). */
      readonly reason: string | null
    }
  | LeaseFacts

export type EntryKind = EntryFacts['kind']

/** An entry before the ledger assigns its place and time. `id` is unique and made beforehand. */
export interface EntryDraft {
  readonly id: string
  readonly facts: EntryFacts
  readonly postings: readonly Posting[]
}

export interface Entry extends EntryDraft {
  /** 1, 2, 3 … without gaps. */
  readonly sequence: number
  /** Ledger time, epoch milliseconds; never before the entry that precedes it. */
  readonly at: number
}
