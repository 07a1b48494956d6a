/** What the host shows the window. Times are epoch milliseconds. */

import type { Credits } from '../credits/amount.ts'
import type { Pack } from '../catalog/offers.ts'
import type { Plan } from '../catalog/plans.ts'
import type { OperationRate } from '../catalog/rates.ts'
import type { Outcome } from '../journal/journal.ts'
import type { Studio } from '../credits/studios.ts'
import type { CapReached } from '../policy/caps.ts'
import type { Standstill } from '../policy/at-zero.ts'
import type { NotEntitled, TrialStanding } from '../policy/entitlements.ts'
import type { Quote } from '../pricing/rate-card.ts'
import type { Simulation } from '../simulation/outcome.ts'
import type { BucketBalance } from '../usage/views.ts'
import type { ImageShape } from '../studios/settings.ts'
import type { HostError } from '../result.ts'
import type { LedgerStatus } from './ledger.ts'
import type { ElsewhereView } from './team.ts'

export interface BalanceView {
  /** What this machine may spend now: the number that gates. */
  readonly available: Credits
  /** What the team has beyond this machine; null where there is no team. */
  readonly elsewhere: ElsewhereView | null
  readonly held: Credits
  /** Grants in force, in the order they pay. */
  readonly buckets: readonly BucketBalance[]
  readonly cycle: { readonly startsAt: number; readonly endsAt: number }
  readonly planName: string
  readonly allowance: Credits
  readonly spentThisCycle: Credits
  readonly nextRefill: { readonly at: number; readonly amount: Credits } | null
}

/** Whether a run may start: in full, only a shorter reply, or not, and why. */
export type Affordability =
  | { readonly kind: 'full' }
  | {
      readonly kind: 'shorter'
      readonly maximum: Credits
      readonly maximumOutputTokens: number
      /** The cap that leaves no more room; null where it is the balance. */
      readonly cap: CapReached | null
    }
  | {
      readonly kind: 'insufficient'
      readonly needed: Credits
      readonly available: Credits
      /** What the plan makes of it, and when it goes on by itself. */
      readonly standstill: Standstill
    }
  /** The team has the credits, and this machine may not spend them at present. */
  | {
      readonly kind: 'with-team'
      readonly needed: Credits
      /** With this machine. */
      readonly available: Credits
      /** Its lease is over, or covers too little. */
      readonly why: 'lease-over' | 'lease-short'
      /** The server is reached: more is asked for. */
      readonly connected: boolean
    }
  /** The credits would do, but a cap would be passed. */
  | { readonly kind: 'capped'; readonly needed: Credits; readonly cap: CapReached }
  /** The plan does not include it. */
  | { readonly kind: 'not-entitled'; readonly refusal: NotEntitled }

export interface QuoteView {
  readonly quote: Quote
  readonly affordability: Affordability
  /** What to pass as `acceptedMaximum`: the promise (the shorter one when only that fits). */
  readonly promisedMaximum: Credits
  /** Soft caps that it would pass. */
  readonly warnings: readonly CapReached[]
  /** How the trial stands that it would be a run of; null where the plan includes it. */
  readonly trial: TrialStanding | null
  /** Why it costs that, in words: "Medium reply", "Web search +15". */
  readonly reasons: readonly string[]
  /** The recipe it would run; null where there is none. */
  readonly recipe: QuotedRecipe | null
  /** What the same request made before and is still in the library: `run.reuse` takes it, free. */
  readonly reuse: { readonly operationId: string; readonly madeAt: number } | null
}

export interface QuotedRecipe {
  readonly id: string
  readonly name: string
  readonly creatorId: string
  readonly creatorName: string
  /** Own recipes cost no premium. */
  readonly own: boolean
}

export type RunPhase = 'waiting' | 'streaming' | 'retrying' | 'ended'

/** How a run ended and what it cost. */
export interface RunEnding {
  readonly status: 'settled' | 'voided'
  readonly outcome: Outcome
  readonly charged: Credits
  readonly elapsedMs: number
  readonly error: HostError | null
}

/** What an image or voice run is to make: shown until its results are there. */
export interface MakingView {
  readonly prompt: string
  readonly count: number
  /** Images. */
  readonly shape: ImageShape | null
}

/** A run the host owns; a window that comes back attaches to it. */
export interface RunView {
  readonly operationId: string
  readonly studio: Studio
  readonly threadId: string | null
  readonly messageId: string | null
  readonly phase: RunPhase
  /** Grows by one with every change; a window that sees a gap attaches again. */
  readonly sequence: number
  readonly startedAt: number
  readonly held: Credits
  /** What it would cost if it stopped now. */
  readonly chargedSoFar: Credits
  /** Chat: the reply so far. */
  readonly text: string
  /** Null for chat: its question stands in the thread. */
  readonly making: MakingView | null
  readonly creationIds: readonly string[]
  /** When retrying after a rate limit: when the next try starts. */
  readonly retryAt: number | null
  readonly ending: RunEnding | null
}

export interface MessageView {
  readonly id: string
  readonly threadId: string
  readonly parentId: string | null
  readonly role: 'user' | 'assistant'
  readonly text: string
  readonly createdAt: number
  /** Its place among the alternatives an edit or a regenerate made; from 1. */
  readonly version: number
  readonly versions: readonly string[]
  /** Assistant only. */
  readonly operationId: string | null
  readonly modelName: string | null
  /** Null while it runs, and on a person's message. */
  readonly ending: RunEnding | null
}

export interface ThreadView {
  readonly id: string
  readonly title: string
  readonly subject: string
  readonly createdAt: number
  readonly updatedAt: number
}

export interface ThreadDetail extends ThreadView {
  /** The branch in view, oldest first. */
  readonly messages: readonly MessageView[]
}

export interface CreationView {
  readonly id: string
  readonly studio: 'image' | 'voice'
  readonly operationId: string
  readonly createdAt: number
  readonly prompt: string
  readonly modelName: string
  readonly subject: string
  readonly mediaType: string
  readonly bytes: number
  /** Same-origin path the page loads it from. */
  readonly url: string
  /** Images: pixels. */
  readonly width: number | null
  readonly height: number | null
  /** Voice: length. */
  readonly durationMs: number | null
  readonly settings: Readonly<Record<string, string | number>>
  /** Of the whole run that made it. */
  readonly ending: RunEnding | null
}

export interface ModelView {
  /** `provider/name`, unique. */
  readonly id: string
  readonly name: string
  readonly providerId: string
  readonly providerName: string
  readonly studio: Studio
  /** The rate-card operation it is charged as. */
  readonly operation: string
  readonly practice: boolean
  readonly local: boolean
  readonly webSearch: boolean
  readonly voices: readonly { readonly id: string; readonly name: string }[]
}

export interface ProviderView {
  readonly id: string
  readonly kind: 'practice' | 'openai-compatible'
  readonly name: string
  readonly baseUrl: string | null
  readonly hasKey: boolean
  /** On this machine or its network: works without the internet. */
  readonly local: boolean
  readonly models: readonly ModelView[]
}

/** Something the person is told once: an interrupted run, a failed backup, credits that run low. */
export interface NoticeView {
  readonly id: string
  readonly kind: 'interrupted' | 'backup-failed' | 'damage-repaired' | 'catalog-refused' | 'alert'
  readonly at: number
  readonly message: string
  readonly operationId: string | null
}

export interface SettingsView {
  readonly theme: 'system' | 'light' | 'dark'
  readonly timeZone: string
  readonly subjects: readonly string[]
  readonly subject: string
  /** Offers what is in the library already in place of making it again. */
  readonly resultCache: boolean
}

export interface RatesView {
  readonly catalogName: string
  readonly catalogVersion: string
  readonly operations: readonly OperationRate[]
  readonly plans: readonly Plan[]
  readonly packs: readonly Pack[]
  readonly planId: string
  /** Subjects that the catalog suggests. */
  readonly subjects: readonly string[]
}

export interface PlanSimulations {
  /** In the order of the catalog. */
  readonly plans: readonly Simulation[]
  /** The usage it is based on: the time of its first and last run; null if there is none. */
  readonly usage: {
    readonly runs: number
    readonly first: number | null
    readonly last: number | null
    /** What these runs were charged when they were recorded. */
    readonly charged: Credits
  }
}

export interface UsageSummary {
  readonly allowance: Credits
  readonly spentThisCycle: Credits
  readonly cycle: { readonly startsAt: number; readonly endsAt: number }
  readonly pacePerDay: Credits
  /** Null when it lasts beyond the cycle's end. */
  readonly runsOutAt: number | null
}

/** Everything the first screen needs, in one answer. */
export interface AppView {
  readonly version: string
  readonly door: 'electron' | 'browser'
  readonly platform: string
  readonly online: boolean
  readonly ledger: LedgerStatus
  /** Null while the ledger is unavailable. */
  readonly balance: BalanceView | null
  readonly providers: readonly ProviderView[]
  readonly settings: SettingsView
  readonly catalogVersion: string
  readonly notices: readonly NoticeView[]
  readonly runs: readonly RunView[]
}
