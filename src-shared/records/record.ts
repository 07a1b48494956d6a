/**
 * What a device reports of its ledger, in order: runs that ended, and credits that left its lease
 * in other ways. Immutable, numbered without gaps, each chained to the one before. Never a prompt
 * or an output.
 */

import type { Draw } from '../credits/grant.ts'
import type { EntryFacts, OperationFacts } from '../journal/journal.ts'
import type { Label } from '../usage/labels.ts'

type Ending = Extract<EntryFacts, { kind: 'settle' | 'void' }>

export type RecordBody =
  /** A run that ended; `draws` are the grants that paid, in order. */
  | {
      readonly type: 'usage'
      /** When it was held; the record's own time is when it ended. */
      readonly startedAt: number
      readonly operation: OperationFacts
      readonly ending: Ending
      readonly draws: readonly Draw[]
      /** What the run's end let expire of what it had held. */
      readonly expired: readonly Draw[]
    }
  /** Given back to the authority. */
  | { readonly type: 'return'; readonly draws: readonly Draw[] }
  /** Ended with its grant on the device. */
  | { readonly type: 'expire'; readonly draws: readonly Draw[] }
  /** What a person wrote beside operations of any device; the later word wins. */
  | { readonly type: 'label'; readonly labels: readonly Omit<Label, 'deviceId'>[] }
  /**
   * Of a type only a newer version of the app knows: kept, forwarded and counted as such. What it
   * moved of credits is in `moves` (`movesOf`).
   */
  | { readonly type: 'newer'; readonly content: Readonly<Record<string, unknown>> }

export interface DeviceRecord {
  readonly deviceId: string
  /** 1, 2, 3 … without gaps. */
  readonly sequence: number
  /** Ledger time of the device, epoch milliseconds. */
  readonly at: number
  readonly body: RecordBody
}
