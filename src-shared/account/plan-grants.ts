/** The monthly grant of a plan. */

import { millicredits } from '../credits/amount.ts'
import { type Catalog, findPlan } from '../catalog/catalog.ts'
import type { Cycle } from './cycle.ts'
import type { Grant } from '../credits/grant.ts'

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

/**
 * What a plan grants for one cycle: its allowance, times `seats` where it is per seat, in force from
 * the cycle's start to its end. The id follows from account, plan and the cycle's index, so a cycle
 * is granted once, even if the time zone is changed back and forth over its boundary; the account is
 * part of it because a machine's history may hold grants of the account it had before it joined
 * another. Throws a RangeError when the catalog has no such plan.
 */
export function planGrantFor(
  catalog: Catalog,
  planId: string,
  cycle: Cycle,
  accountId: string,
  seats = 1,
): Grant {
  const plan = findPlan(catalog, planId)
  if (!plan) throw new RangeError(`Catalog ${catalog.version} has no plan "${planId}"`)
  return {
    id: `plan:${accountId}:${planId}:${cycle.index}`,
    source: 'plan',
    amount: millicredits(plan.perSeat ? plan.allowance * seats : plan.allowance),
    effectiveAt: cycle.startsAt,
    expiresAt: cycle.endsAt,
    priority: catalog.priorities.plan,
    label: `${plan.name} plan, ${monthOf(cycle)}`,
    catalogVersion: catalog.version,
  }
}

function monthOf({ startDate }: Cycle): string {
  const [year, month] = startDate.split('-')
  return `${MONTHS[Number(month) - 1]} ${year}`
}
