/**
 * The authority of an app that stands alone (design: standing alone): it opens the account, writes
 * what is due, and carries out what people choose. Everything is this one device's to spend.
 */

import { type Cycle, cycleOfIndex, type CycleAnchor, nextCycle } from '#shared/account/cycle.ts'
import { renewalGrant } from '#shared/account/cycle-grants.ts'
import { entriesDue } from '#shared/account/due.ts'
import { openEntry } from '#shared/account/open.ts'
import { changePlan, type PlanChangeEffect, type PlanChoice } from '#shared/account/plan-change.ts'
import { redeem, type Redemption } from '#shared/account/promotion.ts'
import { endSubscription } from '#shared/account/purchase.ts'
import type { Books } from '#shared/account/account.ts'
import { withEntries } from '#shared/account/state.ts'
import { type Terms, termsAt } from '#shared/account/terms.ts'
import { addCredits, type Credits } from '#shared/credits/amount.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import { type Result, success } from '#shared/result.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Timers } from '#shared/ports/time.ts'

export interface LocalAuthorityDeps {
  readonly ledger: Ledger
  readonly accountId: string
  /** The plan an account begins on. */
  readonly firstPlanId: string
  readonly anchor: CycleAnchor
  readonly timers: Timers
  /** Called after something was written. */
  changed(): void
}

export interface LocalAuthority {
  /** Writes what is due; cheap when nothing is. */
  bringUpToDate(): Result<null>
  books(): Books
  /** What the account is entitled to now. */
  terms(): Terms
  /** The cycle of now. */
  cycle(): Cycle
  /** What the next cycle brings. */
  nextRefill(): { readonly at: number; readonly amount: Credits }
  /** What a choice would do in the books of now; only what is due is written. */
  previewPlan(choice: PlanChoice): Result<PlanChangeEffect>
  changePlan(choice: PlanChoice): Result<PlanChangeEffect>
  redeem(code: string): Result<Redemption>
  endAddOn(subscriptionId: string): Result<null>
  /** Writes entries that others reckoned from the books, all or none. */
  write(entries: readonly EntryDraft[]): Result<null>
  close(): void
}

/** A timer cannot wait longer than this; it then looks again. */
const LONGEST_TIMER_MS = 6 * 60 * 60_000

export function createLocalAuthority(deps: LocalAuthorityDeps): LocalAuthority {
  const { ledger, anchor, accountId, firstPlanId } = deps
  let cancelTimer: (() => void) | null = null

  function write(entries: readonly EntryDraft[]): Result<null> {
    if (entries.length === 0) return success(null)
    const written = ledger.append(entries)
    if (!written.ok) return written
    deps.changed()
    return success(null)
  }

  function bringUpToDate(): Result<null> {
    const now = ledger.now()
    const written = write(due(now))
    if (!written.ok) return written
    watchFor(cycle().endsAt - now)
    return success(null)
  }

  function due(now: number): readonly EntryDraft[] {
    const books = ledger.books()
    if (books.account.account) return entriesDue(books, now)
    const open = [openEntry(accountId, anchor, firstPlanId, 1)]
    return [...open, ...entriesDue(withEntries(books, open), Math.max(now, anchor.startsAt))]
  }

  const cycle = () => cycleOfIndex(anchor, Math.max(0, ledger.books().account.cycle))

  /** Looks again at the cycle's end, so that a window left open sees the refill arrive. */
  function watchFor(delayMs: number): void {
    cancelTimer?.()
    cancelTimer = deps.timers.after(Math.min(LONGEST_TIMER_MS, Math.max(1_000, delayMs)), () => {
      bringUpToDate()
    })
  }

  function previewPlan(choice: PlanChoice): Result<PlanChangeEffect> {
    const upToDate = bringUpToDate()
    return upToDate.ok ? changePlan(ledger.books(), choice, ledger.now()) : upToDate
  }

  return {
    bringUpToDate,
    books: ledger.books,
    terms: () => termsAt(ledger.books().account, ledger.now()),
    cycle,
    nextRefill() {
      const next = nextCycle(anchor, cycle())
      const { account } = ledger.books()
      const { allowance } = termsAt(account, next.startsAt)
      const added = [...account.subscriptions.values()]
        .map((one) => renewalGrant(account, one, next)?.amount)
        .filter((amount) => amount !== undefined)
      return { at: next.startsAt, amount: addCredits(allowance, ...added) }
    },
    previewPlan,
    changePlan(choice) {
      const effect = previewPlan(choice)
      if (!effect.ok) return effect
      const written = write(effect.data.entries)
      return written.ok ? effect : written
    },
    redeem(code) {
      const redeemed = redeem(ledger.books(), code, 0, ledger.now())
      if (!redeemed.ok) return redeemed
      const written = write(redeemed.data.entries)
      return written.ok ? redeemed : written
    },
    endAddOn(subscriptionId) {
      const ended = endSubscription(ledger.books(), subscriptionId)
      return ended.ok ? write(ended.data) : ended
    },
    write,
    close() {
      cancelTimer?.()
    },
  }
}
