/** Who issues this account's credits, as the host sees it: the app itself, or a team's server. */

import type { Books } from '#shared/account/account.ts'
import type { Cycle } from '#shared/account/cycle.ts'
import type { PlanChangeEffect, PlanChoice } from '#shared/account/plan-change.ts'
import type { Terms } from '#shared/account/terms.ts'
import type { Cap } from '#shared/catalog/policies.ts'
import type { Credits } from '#shared/credits/amount.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import type { Result } from '#shared/result.ts'

/** Asking a server takes time, and fails with `server_unreachable` offline. */
export type Answer<T> = Result<T> | Promise<Result<T>>

/** What a promo code gave. */
export interface Redeemed {
  readonly name: string
  readonly credits: Credits | null
  readonly expiresAt: number | null
}

export interface Authority {
  /** Writes what is due; cheap when nothing is. */
  bringUpToDate(): Result<null>
  books(): Books
  /** What the account is entitled to now. */
  terms(): Terms
  /** The current cycle. */
  cycle(): Cycle
  /** What the next cycle brings. */
  nextRefill(): { readonly at: number; readonly amount: Credits }
  /** What a choice would do to the books now; writes only what is due. */
  previewPlan(choice: PlanChoice): Result<PlanChangeEffect>
  changePlan(choice: PlanChoice): Answer<null>
  redeem(code: string): Answer<Redeemed>
  /** Sets a cap of people's own; the same id again replaces it. `changeId` makes it happen once. */
  setCap(changeId: string, cap: Cap): Answer<null>
  removeCap(changeId: string, capId: string): Answer<null>
  /**
   * Writes entries that the caller derived from the books, all or none. Fails with `of_the_team` if
   * a server issues the credits.
   */
  write(entries: readonly EntryDraft[]): Result<null>
  close(): void
}
