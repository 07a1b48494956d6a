/**
 * What a cycle brings: the plan's allowance, its overage, the subscriptions. Ids are derived from
 * the account, what is granted and the cycle's index, so that nothing is granted twice.
 */

import { type Credits, millicredits } from '../credits/amount.ts'
import type { Grant, GrantSource } from '../credits/grant.ts'
import type { Rollover } from '../catalog/policies.ts'
import { cyclesAfter } from './calendar.ts'
import { type Cycle } from './cycle.ts'
import type { Subscription } from '../journal/account-snapshot.ts'
import type { AccountState } from './account.ts'
import { addOnTerms, opened, type Terms, termsAt } from './terms.ts'

export const PLAN_FAMILY = 'plan'
export const OVERAGE_FAMILY = 'overage'
export const subscriptionFamily = (subscriptionId: string) => `add-on:${subscriptionId}`

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const

/** `November 2026`: the month in which the cycle starts. */
export function monthOf({ startDate }: Pick<Cycle, 'startDate'>): string {
  const [year, month] = startDate.split('-')
  return `${MONTHS[Number(month) - 1]} ${year}`
}

/** What is granted for a cycle, from when, and what becomes of the rest. */
interface Portion {
  readonly id: string
  readonly source: GrantSource
  readonly family: string
  readonly amount: Credits
  readonly label: string
  readonly rollover: Rollover
  readonly operations?: 'all' | readonly string[]
}

/** A grant for a cycle, in force from `from` within it. */
function cycleGrant(
  state: AccountState,
  { catalog }: Pick<Terms, 'catalog'>,
  cycle: Cycle,
  from: number,
  portion: Portion,
): Grant {
  const { rollover, operations, ...named } = portion
  return {
    ...named,
    effectiveAt: from,
    expiresAt: cyclesAfter(opened(state).anchor, cycle.startsAt, rollover.cycles),
    priority: catalog.priorities[portion.source],
    catalogVersion: catalog.version,
    cycle: { index: cycle.index, endsAt: cycle.endsAt },
    ...(operations === undefined || operations === 'all' ? {} : { operations }),
  }
}

/** The id of a plan's grant for a cycle, or of one of its parts (see `planGrant`). */
export function planGrantId(
  state: AccountState,
  planId: string,
  { index }: Pick<Cycle, 'index'>,
  part: string,
): string {
  return ['plan', opened(state).id, planId, index, ...(part ? [part] : [])].join(':')
}

/**
 * Part or all of the plan's allowance for a cycle. `part` distinguishes what one cycle grants more
 * than once, after changes of plan; it is empty for the cycle's own grant.
 */
export function planGrant(
  state: AccountState,
  terms: Terms,
  cycle: Cycle,
  from: number,
  amount: Credits,
  part: string,
): Grant {
  const { plan } = terms
  return cycleGrant(state, terms, cycle, from, {
    id: planGrantId(state, plan.id, cycle, part),
    source: 'plan',
    family: PLAN_FAMILY,
    amount,
    label: `${plan.name} plan, ${monthOf(cycle)}`,
    rollover: plan.rollover,
  })
}

/** Overage for a cycle: credits that are used last and invoiced. */
export function overageGrant(
  state: AccountState,
  terms: Terms,
  cycle: Cycle,
  from: number,
  amount: Credits,
  part: string,
): Grant {
  return cycleGrant(state, terms, cycle, from, {
    id: ['overage', opened(state).id, cycle.index, ...(part ? [part] : [])].join(':'),
    source: 'overage',
    family: OVERAGE_FAMILY,
    amount,
    label: `Overage, ${monthOf(cycle)}`,
    rollover: { cycles: 0, maximum: null },
  })
}

/** What a subscription brings in a cycle; null if no catalog has its add-on any more. */
export function subscriptionGrant(
  state: AccountState,
  subscription: Subscription,
  cycle: Cycle,
  from: number,
): Grant | null {
  const terms = termsAt(state, from)
  const addOn = addOnTerms(state, subscription.addOnId, from)
  if (!addOn) return null
  return cycleGrant(state, terms, cycle, from, {
    id: `add-on:${opened(state).id}:${subscription.id}:${cycle.index}`,
    source: 'add-on',
    family: subscriptionFamily(subscription.id),
    amount: millicredits(addOn.credits * subscription.quantity),
    label: `${addOn.name}, ${monthOf(cycle)}`,
    rollover: addOn.rollover,
    operations: addOn.operations,
  })
}

/**
 * What a subscription brings as a cycle begins; null if it has ended, renews only when it is paid,
 * or the plan no longer has add-ons or no catalog has this one (conformance: softr 5).
 */
export function renewalGrant(
  state: AccountState,
  subscription: Subscription,
  cycle: Cycle,
): Grant | null {
  const at = cycle.startsAt
  const { endsFrom, renews } = subscription
  if (renews === 'when-paid') return null
  if ((endsFrom !== null && endsFrom <= at) || !termsAt(state, at).plan.addOns) return null
  return subscriptionGrant(state, subscription, cycle, at)
}

/** The most that a family may carry from cycle to cycle; null where there is no maximum. */
export function rolloverMaximum(state: AccountState, family: string, at: number): Credits | null {
  if (family === PLAN_FAMILY) {
    const { plan, seats } = termsAt(state, at)
    const { maximum } = plan.rollover
    return maximum === null || !plan.perSeat ? maximum : millicredits(maximum * seats)
  }
  const subscription = [...state.subscriptions.values()].find(
    ({ id }) => subscriptionFamily(id) === family,
  )
  if (!subscription) return null
  const maximum = addOnTerms(state, subscription.addOnId, at)?.rollover.maximum ?? null
  return maximum === null ? null : millicredits(maximum * subscription.quantity)
}
