/** What machines and servers say to each other where only the rules are simulated. */

import type { Draw } from '#shared/credits/grant.ts'
import type { Credits } from '#shared/credits/amount.ts'
import type { Entry } from '#shared/journal/journal.ts'
import type { RecordHead } from '#shared/journal/lease-facts.ts'
import type { ReportedRecord } from '#shared/lease/report.ts'
import type { LeaseStatement } from '#shared/lease/statement.ts'

/** A record with the end of the chain after it. */
export interface ChainedRecord extends ReportedRecord {
  readonly hash: string
  /** The run it tells of; null for what was given back. */
  readonly operationId: string | null
}

export type ToServer =
  | {
      readonly type: 'hello'
      readonly entries: number
      readonly head: RecordHead
      readonly needed: Credits
    }
  | {
      readonly type: 'records'
      readonly previous: string
      readonly records: readonly ChainedRecord[]
    }

export type ToMachine =
  | {
      readonly type: 'entries'
      readonly after: number
      readonly to: number
      readonly entries: readonly Entry[]
      readonly time: number
    }
  | { readonly type: 'lease'; readonly statement: LeaseStatement }
  | { readonly type: 'acknowledged'; readonly head: RecordHead }
  | { readonly type: 'wanted'; readonly after: RecordHead }
  | { readonly type: 'recall'; readonly keep: Credits; readonly others: readonly Draw[] }
  /** It is no machine of the team, or not this one; all up to `head` is taken in. */
  | {
      readonly type: 'standing'
      readonly standing: 'copied' | 'revoked' | 'lost' | 'left'
      readonly head: RecordHead
    }
