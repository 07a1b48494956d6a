/** What the meter needs of the ledger, the library and the rest of the host. */

import type { Credits } from '#shared/credits/amount.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import type { HostEvent } from '#shared/host/events.ts'
import type { OperationFacts } from '#shared/journal/journal.ts'
import type { Standstill } from '#shared/policy/at-zero.ts'
import type { CapReached } from '#shared/policy/caps.ts'
import type { EntitlementCheck, Wanted } from '#shared/policy/entitlements.ts'
import type { RunScope } from '#shared/policy/spending.ts'
import type { Result } from '#shared/result.ts'
import type { Studio } from '#shared/credits/studios.ts'
import type {
  Affordability,
  CreationView,
  MessageView,
  QuotedRecipe,
  RunEnding,
} from '#shared/host/views.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Ids } from '#shared/ports/ids.ts'
import type { Log } from '#shared/ports/log.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import type { MediaFile } from '../providers/provider.ts'
import type { Providers } from '../providers/providers.ts'

/** The chat threads a run reads from and writes to. */
export interface Conversations {
  /** The messages from the thread's start down to `messageId`; none for null. */
  branchTo(threadId: string, messageId: string | null): Result<readonly MessageView[]>
}

/** What a request made before, if it is still in the library. */
export interface PastResult {
  readonly operationId: string
  readonly madeAt: number
  /** Chat. */
  readonly text: string
  readonly creationIds: readonly string[]
}

export interface PastResults {
  /** By the hash of the request and how many results it asks for; null if there is none. */
  resultOf(request: {
    readonly studio: Studio
    readonly requestKey: string
    readonly count: number
  }): PastResult | null
}

export interface RunLibrary extends Conversations, PastResults {
  addUserMessage(message: {
    readonly id: string
    readonly threadId: string
    readonly parentId: string | null
    readonly text: string
  }): Result<unknown>
  startReply(reply: {
    readonly id: string
    readonly threadId: string
    readonly parentId: string
    readonly operationId: string
    readonly modelName: string
    readonly subject: string
    readonly requestKey: string | null
  }): Result<unknown>
  saveReplyText(messageId: string, text: string): Result<unknown>
  endReply(messageId: string, text: string, ending: RunEnding): Result<unknown>
  addCreation(creation: {
    readonly id: string
    readonly studio: 'image' | 'voice'
    readonly operationId: string
    readonly prompt: string
    readonly modelName: string
    readonly subject: string
    readonly settings: Readonly<Record<string, string | number>>
    readonly requestKey: string | null
    readonly file: MediaFile
  }): Result<CreationView>
  endCreations(operationId: string, ending: RunEnding): Result<unknown>
}

/** What gates a run besides the balance. */
export interface RunGate {
  entitlement(wanted: Wanted): EntitlementCheck
  /** The most that a run may cost under the hard caps; null when none counts it. */
  room(scope: RunScope): Credits | null
  /** The hard cap that a run of this price would pass, or null, and the soft ones. */
  caps(
    scope: RunScope,
    maximum: Credits,
  ): { readonly refusal: CapReached | null; readonly warnings: readonly CapReached[] }
  /** What the plan does with a run its credits do not cover. */
  standstill(needed: Credits, available: Credits): Standstill
  /** Asked in the step that makes the hold: `not_entitled` or `cap_reached`. */
  allows(operation: OperationFacts, at: number): Result<unknown>
}

/** Credits of the team that this machine may not spend. */
export type WithTeam = Pick<Extract<Affordability, { kind: 'with-team' }>, 'why' | 'connected'>

export interface PrepareDeps {
  readonly providers: Pick<Providers, 'resolve'>
  readonly library: Conversations & PastResults
  /** A recipe as it is kept now; undefined when it is gone. */
  recipe(recipeId: string): QuotedRecipe | undefined
  /** Whether results of this studio may be taken from the library. */
  reuses(studio: Studio): boolean
  /** The catalog in force. */
  catalog(): Catalog
  /** What this machine may spend on an operation now. */
  available(operation: string): Credits
  /** Why credits the team has cannot pay for it here; null if that is not the reason. */
  withTeam(needed: Credits, operation: string): WithTeam | null
  readonly gate: RunGate
  /** Whose run it is, on which machine. */
  who(): { readonly deviceId: string; readonly memberId: string }
  /** Credits do not cover this amount for an operation; a team may have more to give. */
  short(amount: Credits, operation: string): void
}

export interface MeterDeps extends PrepareDeps {
  readonly ledger: Ledger
  readonly library: RunLibrary
  readonly clock: Clock
  readonly timers: Timers
  readonly ids: Ids
  /** From 0 up to 1; spreads retries. */
  random(): number
  readonly log: Log
  emit(event: HostEvent): void
  /** Called whenever a hold or a charge changed the balance. */
  balanceChanged(): void
}
