/** What an account is entitled to at a given moment: its plan and whatever overrides it. */

import { type Catalog, findPlan } from '../catalog/catalog.ts'
import type { AddOn } from '../catalog/offers.ts'
import type { Plan } from '../catalog/plans.ts'
import type { AtZero } from '../catalog/policies.ts'
import { type Credits, millicredits } from '../credits/amount.ts'
import type { Override } from '../journal/account-change.ts'
import type { CycleAnchor } from './cycle.ts'
import type { PlanTerm } from '../journal/account-snapshot.ts'
import type { AccountState, CatalogTerm } from './account.ts'

/** The plan at a given moment, what it allows each cycle, and under which catalog. */
export interface Terms {
  readonly plan: Plan
  readonly seats: number
  /** Credits of each cycle, for all seats. */
  readonly allowance: Credits
  readonly atZero: AtZero
  /** The catalog in force. */
  readonly catalog: Catalog
  /** The catalog whose terms the plan has: an earlier one if the plan is no longer listed. */
  readonly planCatalog: Catalog
  /** Those in force, by their beginning. */
  readonly overrides: readonly Override[]
}

/** The catalog in force at a moment; the first one before any is. Throws when there is none. */
export function catalogAt({ catalogs }: AccountState, at: number): Catalog {
  const term = catalogs.findLast(({ from }) => from <= at) ?? catalogs[0]
  if (!term) throw new Error('There is no catalog')
  return term.catalog
}

/** The account's id and anchor. Throws when it was never opened. */
export function opened({ account }: AccountState): {
  readonly id: string
  readonly anchor: CycleAnchor
} {
  if (!account) throw new Error('The account was never opened')
  return account
}

/** The plan term of a moment. Throws when the account was never opened. */
export function planTermAt({ plans }: AccountState, at: number): PlanTerm {
  const term = plans.findLast(({ from }) => from <= at) ?? plans[0]
  if (!term) throw new Error('The account was never opened')
  return term
}

/** The change of plan that is still to come, if one is. */
export function scheduledPlan({ plans }: AccountState, at: number): PlanTerm | null {
  return plans.find(({ from }) => from > at) ?? null
}

/**
 * A plan as its subscriber has it: by the catalog in force or, if that no longer lists it, by the
 * latest one that did (legacy plans keep their terms). Falls back to the default plan.
 */
function planTerms(state: AccountState, planId: string, at: number): readonly [Plan, Catalog] {
  const found = latest(state, at, (catalog) => findPlan(catalog, planId))
  if (found) return found
  const catalog = catalogAt(state, at)
  const fallback = findPlan(catalog, catalog.defaultPlan)
  if (!fallback) throw new Error(`Catalog ${catalog.version} lacks its own default plan`)
  return [fallback, catalog]
}

/** An add-on as a subscriber keeps it; null when no catalog in force so far has it. */
export function addOnTerms(state: AccountState, addOnId: string, at: number): AddOn | null {
  const found = latest(state, at, ({ addOns }) => addOns.find(({ id }) => id === addOnId))
  return found?.[0] ?? null
}

function latest<Found>(
  state: AccountState,
  at: number,
  find: (catalog: Catalog) => Found | undefined,
): readonly [Found, Catalog] | null {
  const current = catalogAt(state, at)
  const so = (term: CatalogTerm) => term.from <= at || term.catalog === current
  for (const { catalog } of state.catalogs.filter(so).toReversed()) {
    const found = find(catalog)
    if (found !== undefined) return [found, catalog]
  }
  return null
}

/** The overrides in force at a moment, by their beginning, then id. */
function overridesAt({ overrides }: AccountState, at: number): readonly Override[] {
  return [...overrides.values()]
    .map(({ override }) => override)
    .filter(({ from, until }) => from <= at && (until === null || at < until))
    .sort((left, right) => left.from - right.from || (left.id < right.id ? -1 : 1))
}

/** What the account is entitled to at a given moment. For each term the latest override counts. */
export function termsAt(state: AccountState, at: number): Terms {
  const { planId, seats } = planTermAt(state, at)
  return termsOf(state, planId, seats, at)
}

/** What the account would be entitled to on another plan. */
export function termsOf(state: AccountState, planId: string, seats: number, at: number): Terms {
  const [plan, planCatalog] = planTerms(state, planId, at)
  const overrides = overridesAt(state, at)
  const listed = millicredits(plan.perSeat ? plan.allowance * seats : plan.allowance)
  const allowances = overrides.map(({ allowance }) => allowance)
  return {
    plan,
    seats,
    allowance: allowances.findLast((allowance) => allowance !== undefined) ?? listed,
    atZero: overrides.findLast(({ atZero }) => atZero !== undefined)?.atZero ?? plan.atZero,
    catalog: catalogAt(state, at),
    planCatalog,
    overrides,
  }
}
