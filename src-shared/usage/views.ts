/** The usage history as shown. Times are epoch milliseconds, days local `YYYY-MM-DD`. */

import type { OperationRate } from '../catalog/rates.ts'
import type { Credits } from '../credits/amount.ts'
import type { Draw, Grant } from '../credits/grant.ts'
import type { GrantBalance } from '../journal/balance.ts'
import type { OperationFacts, Outcome } from '../journal/journal.ts'
import type { Studio } from '../credits/studios.ts'
import type { Charge } from '../pricing/rate-card.ts'
import type { Units } from '../credits/units.ts'
import type { UsageStatus } from './filter.ts'

/** One operation in the usage table. */
export interface UsageRow {
  readonly operationId: string
  /** The hold's place in the journal; rows are ordered and paged by it. */
  readonly sequence: number
  readonly at: number
  readonly endedAt: number | null
  readonly studio: Studio
  readonly operation: string
  readonly operationName: string
  readonly modelId: string
  readonly modelName: string
  readonly providerName: string
  /** The latest label; empty if there is none. */
  readonly subject: string
  /** What people noted about it; mostly empty. */
  readonly note: string
  readonly quoteExpected: Credits
  readonly quoteMaximum: Credits
  readonly held: Credits
  /** Null while it runs. */
  readonly charged: Credits | null
  readonly status: UsageStatus
  readonly outcome: Outcome | null
  readonly usageSource: 'provider' | 'local' | null
}

export interface UsagePage {
  readonly rows: readonly UsageRow[]
  /** Pass as `before` to go on; null at the end. */
  readonly nextBefore: number | null
}

export interface UsageGroup {
  readonly key: string
  readonly label: string
  readonly operations: number
  readonly charged: Credits
}

/** One bar of the usage chart: a day, stacked by operation. */
export interface UsageDay {
  readonly day: string
  readonly parts: readonly {
    readonly operation: string
    readonly operationName: string
    readonly charged: Credits
  }[]
}

export interface EntryProof {
  readonly sequence: number
  readonly at: number
  /** Hex SHA-256 that chains this entry to all before it. */
  readonly hash: string
  /** Whether the hash was just recomputed and matched. */
  readonly verified: boolean
}

/** Everything about one charge (design: explainable). */
export interface ChargeExplanation {
  readonly row: UsageRow
  readonly facts: OperationFacts
  /** By which it was quoted and charged. */
  readonly rate: OperationRate
  readonly heldFrom: readonly Draw[]
  /** Null while it runs or when it was voided. */
  readonly charge: Charge | null
  readonly units: Units | null
  readonly paidBy: readonly { readonly grant: Grant; readonly amount: Credits }[]
  /** Error code of a failure, null when nothing went wrong. */
  readonly reason: string | null
  readonly entries: readonly EntryProof[]
}

/** Balance by bucket, now or at a moment of the past. */
export type BucketBalance = GrantBalance
