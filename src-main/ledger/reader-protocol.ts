/** What the ledger's main thread and its reading worker say to each other. */

import type { RecipeEarnings } from '#shared/journal/earnings.ts'
import type { Result } from '#shared/result.ts'
import type { UsageFilter, UsageGrouping } from '#shared/usage/filter.ts'
import type {
  BucketBalance,
  ChargeExplanation,
  UsageDay,
  UsageGroup,
  UsagePage,
} from '#shared/usage/views.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import type { CycleAnchor } from '#shared/account/cycle.ts'
import type { SimulationSetup } from '#shared/simulation/simulate.ts'
import type { WhenOut } from '#shared/simulation/outcome.ts'
import type { Credits } from '#shared/credits/amount.ts'
import type { GrantSource } from '#shared/credits/grant.ts'
import type { PlanSimulations } from '#shared/host/views.ts'
import type { PageQuery } from './queries.ts'
import type { Regrouped } from './regroup.ts'
import type { Verification } from './verify.ts'

/** Questions by name: what is asked and what is answered. */
export interface Questions {
  page: { ask: PageQuery; answer: UsagePage }
  count: { ask: UsageFilter; answer: number }
  groups: { ask: { filter: UsageFilter; by: UsageGrouping }; answer: readonly UsageGroup[] }
  days: { ask: UsageFilter; answer: readonly UsageDay[] }
  spentBetween: { ask: { from: number; to: number }; answer: Credits }
  recipeEarnings: { ask: null; answer: readonly RecipeEarnings[] }
  explain: { ask: string; answer: ChargeExplanation }
  grantsOf: { ask: readonly GrantSource[]; answer: readonly BucketBalance[] }
  balanceAt: { ask: number; answer: readonly BucketBalance[] }
  csv: { ask: PageQuery; answer: { text: string; nextBefore: number | null } }
  simulate: { ask: SimulationQuestion; answer: PlanSimulations }
  verify: { ask: null; answer: Verification }
  copy: { ask: string; answer: CopiedLedger }
  /** Asked with a time zone. */
  regroup: { ask: string; answer: Regrouped }
}

export type QuestionName = keyof Questions

export interface Request<Name extends QuestionName = QuestionName> {
  readonly id: number
  readonly name: Name
  readonly ask: Questions[Name]['ask']
}

export interface Reply {
  readonly id: number
  readonly result: Result<unknown>
}

/** A finished and checked copy of the ledger. */
export interface CopiedLedger {
  readonly sequence: number
  readonly at: number
  readonly hash: string
  readonly bytes: number
}

/** The plans of a catalog to simulate, and the usage. */
export interface SimulationQuestion {
  readonly catalog: Catalog
  readonly planIds: readonly string[]
  readonly seats: number
  readonly whenOut: WhenOut
  readonly anchor: CycleAnchor
  /** Add-ons and caps applied under every plan. */
  readonly subscriptions: NonNullable<SimulationSetup['subscriptions']>
  readonly caps: NonNullable<SimulationSetup['caps']>
  /** Runs that started in [from, to). */
  readonly from?: number | undefined
  readonly to?: number | undefined
  /** Exported usage in place of the ledger's. */
  readonly csv?: string | undefined
}

export interface ReaderWorkerData {
  readonly file: string
}
