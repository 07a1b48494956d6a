/** The running totals of one simulated cycle, and the totals of all of them. */

import type { Cycle } from '../account/cycle.ts'
import type { Plan } from '../catalog/plans.ts'
import { addCredits, type Credits, millicredits, ZERO } from '../credits/amount.ts'
import type { Money } from '../credits/money.ts'
import type { Simulation, SimulatedMonth } from './outcome.ts'

export type OpenMonth = { -readonly [Field in keyof SimulatedMonth]: SimulatedMonth[Field] } & {
  ranOut: boolean
}

/** A cycle that begins: nothing is used yet, the plan is to be paid. */
export function openMonth({ startsAt, endsAt }: Cycle, plan: Plan, seats: number): OpenMonth {
  const { price } = plan
  return {
    startsAt,
    endsAt,
    allowance: ZERO,
    addOnCredits: ZERO,
    rolledOver: ZERO,
    used: ZERO,
    overage: ZERO,
    refused: ZERO,
    refusedRuns: 0,
    expired: ZERO,
    packs: 0,
    packCredits: ZERO,
    money: price && { ...price, amount: plan.perSeat ? price.amount * seats : price.amount },
    ranOut: false,
  }
}

/** Null once either is unknown or in another currency: such money cannot be one sum. */
export function addMoney(left: Money | null, right: Money | null): Money | null {
  if (left === null || right?.currency !== left.currency) return null
  return { ...left, amount: left.amount + right.amount }
}

type Totals = Pick<
  Simulation,
  'used' | 'overage' | 'refused' | 'refusedRuns' | 'expired' | 'packs' | 'ranOut' | 'money'
>

export function totalsOf(months: readonly OpenMonth[]): Totals {
  const sum = (part: (month: OpenMonth) => Credits) => addCredits(...months.map(part))
  const count = (part: (month: OpenMonth) => number) =>
    months.reduce((total, month) => total + part(month), 0)
  const [first, ...others] = months.map(({ money }) => money)
  return {
    used: sum(({ used }) => used),
    overage: sum(({ overage }) => overage),
    refused: sum(({ refused }) => refused),
    refusedRuns: count(({ refusedRuns }) => refusedRuns),
    expired: sum(({ expired }) => expired),
    packs: count(({ packs }) => packs),
    ranOut: count(({ ranOut }) => (ranOut ? 1 : 0)),
    money: others.reduce<Money | null>(addMoney, first ?? null),
  }
}

export const plus = (left: Credits, right: Credits): Credits => millicredits(left + right)
