/** A change of plan or seats in mid-cycle, by the catalog's rule (decision 0010). */

import { findPlan } from '../catalog/catalog.ts'
import type { PlanChange } from '../catalog/policies.ts'
import {
  addCredits,
  type Credits,
  millicredits,
  minCredits,
  subtractCredits,
  ZERO,
} from '../credits/amount.ts'
import { accountEntry, grantEntry } from '../journal/entries.ts'
import type { EntryDraft } from '../journal/journal.ts'
import { failure, type Result, success } from '../result.ts'
import { allowanceEntry, conformEntries, endPlanGrants, openGrants, takeBack } from './conform.ts'
import { PLAN_FAMILY, planGrant } from './cycle-grants.ts'
import { type Cycle, cycleOfIndex } from './cycle.ts'
import type { Books } from './account.ts'
import { withEntries } from './state.ts'
import { catalogAt, opened, planTermAt, type Terms, termsAt, termsOf } from './terms.ts'

export interface PlanChoice {
  /** Made by the caller, so that asking twice changes once. */
  readonly changeId: string
  readonly planId: string
  readonly seats: number
}

/** What a change of plan does: shown to the person before, recorded in the journal after. */
export interface PlanChangeEffect {
  readonly direction: 'upgrade' | 'downgrade' | 'same'
  /** When the new plan begins. */
  readonly from: number
  /** Credits that come at once. */
  readonly granted: Credits
  /** Unspent credits that end at once. */
  readonly ended: Credits
  /** What each cycle brings from then on, and when the next one begins. */
  readonly allowance: Credits
  readonly nextCycleAt: number
  readonly entries: readonly EntryDraft[]
}

const MAX_SEATS = 100_000

/**
 * What choosing a plan and a number of seats at `now` would do; writes nothing. The books must be
 * up to date (`entriesDue`). Choosing the present plan again cancels a scheduled change. Fails with
 * `plan_not_offered`, `seats_not_possible` or `plan_unchanged`.
 */
export function changePlan(
  books: Books,
  choice: PlanChoice,
  now: number,
): Result<PlanChangeEffect> {
  const refusal = refuse(books, choice, now)
  if (refusal) return refusal
  const { account } = books
  const before = termsAt(account, now)
  const after = termsOf(account, choice.planId, choice.seats, now)
  const cycle = cycleOfIndex(opened(account).anchor, account.cycle)
  const { planChange } = after.catalog
  if (after.allowance < before.allowance) {
    return success(downgrade(books, choice, after, cycle, now, planChange.downgrade))
  }
  return success(upgrade(books, choice, before, after, cycle, now, planChange.upgrade))
}

function refuse({ account }: Books, { planId, seats }: PlanChoice, now: number) {
  const plan = findPlan(catalogAt(account, now), planId)
  const current = planTermAt(account, now)
  if (!plan || (!plan.offered && planId !== current.planId)) {
    return failure('plan_not_offered', 'This plan is not offered. Choose another one.', { planId })
  }
  if (!Number.isSafeInteger(seats) || seats < 1 || seats > MAX_SEATS) {
    return failure('seats_not_possible', `A plan has between 1 and ${MAX_SEATS} seats.`, { seats })
  }
  const isLast = account.plans.at(-1) === current
  if (planId === current.planId && seats === current.seats && isLast) {
    return failure('plan_unchanged', 'This is your plan already.', { planId, seats })
  }
  return null
}

/** The new plan from now on, and what its policy gives at once. */
function upgrade(
  books: Books,
  choice: PlanChoice,
  before: Terms,
  after: Terms,
  cycle: Cycle,
  now: number,
  policy: PlanChange['upgrade'],
): PlanChangeEffect {
  const { account } = books
  const entries: EntryDraft[] = [planEntry(choice, now)]
  const raise = subtractCredits(after.allowance, account.allowed)
  let ended = ZERO
  let granted = ZERO
  // What the cycle was already given counts: going down and up again gives nothing twice.
  if (raise > 0) {
    if (policy === 'fresh') {
      const rest = endPlanGrants(books, cycle, choice.changeId)
      ended = addCredits(...openGrants(books, PLAN_FAMILY, cycle).map(({ available }) => available))
      entries.push(...rest)
    }
    granted = grantedNow(after.allowance, raise, cycle, now, policy)
    entries.push(allowanceEntry(books, cycle, after.allowance))
    if (granted > 0) {
      const grant = planGrant(account, after, cycle, now, granted, choice.changeId)
      entries.push(grantEntry(grant))
    }
  }
  entries.push(...conformed(books, entries, cycle, now))
  const direction = after.allowance === before.allowance ? 'same' : 'upgrade'
  return effect(direction, now, granted, ended, after, cycle, entries)
}

function grantedNow(
  allowance: Credits,
  raise: Credits,
  { startsAt, endsAt }: Cycle,
  now: number,
  policy: PlanChange['upgrade'],
): Credits {
  if (policy === 'fresh') return allowance
  if (policy === 'difference') return raise
  const left = BigInt(endsAt - now)
  return millicredits(Number((BigInt(raise) * left) / BigInt(endsAt - startsAt)))
}

function downgrade(
  books: Books,
  choice: PlanChoice,
  after: Terms,
  cycle: Cycle,
  now: number,
  policy: PlanChange['downgrade'],
): PlanChangeEffect {
  if (policy === 'next-cycle') {
    const entries = [planEntry(choice, cycle.endsAt)]
    return effect('downgrade', cycle.endsAt, ZERO, ZERO, after, cycle, entries)
  }
  const cut = cutTo(books, after.allowance, cycle, choice.changeId)
  const entries = [planEntry(choice, now), ...cut.entries]
  const all = [...entries, ...conformed(books, entries, cycle, now)]
  return effect('downgrade', now, ZERO, cut.taken, after, cycle, all)
}

/** Takes back what is available of the cycle's plan credits above the new allowance. */
function cutTo(
  books: Books,
  allowance: Credits,
  cycle: Cycle,
  changeId: string,
): { readonly taken: Credits; readonly entries: readonly EntryDraft[] } {
  const open = openGrants(books, PLAN_FAMILY, cycle)
  const total = addCredits(
    ...open.map(({ available, elsewhere }) => addCredits(available, elsewhere)),
  )
  const excess = subtractCredits(total, minCredits(total, allowance))
  return takeBack(open, excess, changeId, 'More than the new plan allows')
}

function planEntry({ changeId, planId, seats }: PlanChoice, from: number): EntryDraft {
  return accountEntry(`plan:${changeId}`, { type: 'plan', planId, seats, from, reason: 'chosen' })
}

function conformed(
  books: Books,
  entries: readonly EntryDraft[],
  cycle: Cycle,
  now: number,
): readonly EntryDraft[] {
  const changed = withEntries(books, entries)
  return conformEntries(changed, termsAt(changed.account, now), cycle, now)
}

function effect(
  direction: PlanChangeEffect['direction'],
  from: number,
  granted: Credits,
  ended: Credits,
  { allowance }: Terms,
  { endsAt: nextCycleAt }: Cycle,
  entries: readonly EntryDraft[],
): PlanChangeEffect {
  return { direction, from, granted, ended, allowance, nextCycleAt, entries }
}
