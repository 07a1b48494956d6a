/** What the ledger's main thread and its reading worker say to each other. */

import type { RecipeEarnings } from '#shared/journal/earnings.ts'
import type { Result } from '#shared/host/result.ts'
import type { UsageFilter, UsageGrouping } from '#shared/usage/filter.ts'
import type {
  BucketBalance,
  ChargeExplanation,
  UsageDay,
  UsageGroup,
  UsagePage,
} from '#shared/usage/views.ts'
import type { Credits } from '#shared/credits/amount.ts'
import type { GrantSource } from '#shared/credits/grant.ts'
import type { PageQuery } from './queries.ts'
import type { Verification } from './verify.ts'

/** Questions, by name: what goes in and what comes back. */
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
  verify: { ask: null; answer: Verification }
  copy: { ask: string; answer: CopiedLedger }
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

export interface ReaderWorkerData {
  readonly file: string
  readonly timeZone: string
}
