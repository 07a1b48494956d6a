/**
 * The authority of an app that stands alone (design: standing alone): it opens the account, writes
 * what is due, and carries out what people choose. Everything is this one device's to spend.
 */

import { type Cycle, type CycleAnchor, cycleOfIndex } from '#shared/account/cycle.ts'
import { entriesDue } from '#shared/account/due.ts'
import { openEntry } from '#shared/account/open.ts'
import { changePlan, type PlanChangeEffect, type PlanChoice } from '#shared/account/plan-change.ts'
import { redeem } from '#shared/account/promotion.ts'
import { withEntries } from '#shared/account/state.ts'
import { termsAt } from '#shared/account/terms.ts'
import type { AccountChange } from '#shared/journal/account-change.ts'
import { accountEntry } from '#shared/journal/entries.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Timers } from '#shared/ports/time.ts'
import type { Authority } from './authority.ts'
import { refillAfter } from './next-refill.ts'

export interface LocalAuthorityDeps {
  readonly ledger: Ledger
  readonly accountId: string
  /** The plan an account begins on. */
  readonly firstPlanId: string
  /** The anchor of an account that begins here. */
  readonly anchor: CycleAnchor
  readonly timers: Timers
  /**
   * The account is about to join a team: its contents were reported, so nothing is granted or
   * changed until that has succeeded or failed.
   */
  isLeaving(): boolean
  /** Called after something was written. */
  changed(): void
}

/** A timer cannot wait longer than this; it then looks again. */
const LONGEST_TIMER_MS = 6 * 60 * 60_000

export function createLocalAuthority(deps: LocalAuthorityDeps): Authority {
  const { ledger, accountId, firstPlanId } = deps
  let cancelTimer: (() => void) | null = null

  function write(entries: readonly EntryDraft[]): Result<null> {
    if (entries.length === 0) return success(null)
    const written = ledger.append(entries)
    if (!written.ok) return written
    deps.changed()
    return success(null)
  }

  function bringUpToDate(): Result<null> {
    if (ledger.issuer() || deps.isLeaving()) return success(null)
    const now = ledger.now()
    const written = write(due(now))
    if (!written.ok) return written
    watchFor(cycle().endsAt - now)
    return success(null)
  }

  function due(now: number): readonly EntryDraft[] {
    const books = ledger.books()
    if (books.account.account) return entriesDue(books, now)
    const open = [openEntry(accountId, deps.anchor, firstPlanId, 1)]
    return [...open, ...entriesDue(withEntries(books, open), Math.max(now, deps.anchor.startsAt))]
  }

  function cycle(): Cycle {
    const { account } = ledger.books()
    return cycleOfIndex(account.account?.anchor ?? deps.anchor, Math.max(0, account.cycle))
  }

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

  /** Writes the result of a rule applied to the books, unless these are about to move to a team. */
  function carryOut<T extends { readonly entries: readonly EntryDraft[] }>(
    rule: () => Result<T>,
  ): Result<T> {
    if (deps.isLeaving()) return joining()
    const made = rule()
    if (!made.ok) return made
    const written = write(made.data.entries)
    return written.ok ? made : written
  }

  function change(changeId: string, facts: AccountChange): Result<null> {
    const entries = [accountEntry(`${facts.type}:${changeId}`, facts)]
    return done(carryOut(() => success({ entries })))
  }

  return {
    bringUpToDate,
    books: ledger.books,
    terms: () => termsAt(ledger.books().account, ledger.now()),
    cycle,
    nextRefill: () => refillAfter(ledger.books().account, cycle()),
    previewPlan,
    changePlan: (choice) => done(carryOut(() => previewPlan(choice))),
    redeem(code) {
      const redeemed = carryOut(() => redeem(ledger.books(), code, 0, ledger.now()))
      if (!redeemed.ok) return redeemed
      const { label: name, amount: credits, expiresAt } = redeemed.data.grant
      return success({ name, credits, expiresAt })
    },
    setCap: (changeId, cap) => change(changeId, { type: 'cap', cap }),
    removeCap: (changeId, capId) => change(changeId, { type: 'cap-removed', capId }),
    write: (entries) => done(carryOut(() => success({ entries }))),
    close() {
      cancelTimer?.()
    },
  }
}

const done = (result: Result<unknown>): Result<null> => (result.ok ? success(null) : result)

function joining() {
  return failure('team_joining', 'This machine is joining a team. Try again in a moment.')
}
