/** What recorded usage comes to under a plan, in the words of every table that compares plans. */

import { subtractCredits } from '#shared/credits/amount.ts'
import { formatMoney } from '#shared/credits/format.ts'
import type { Simulation } from '#shared/simulation/outcome.ts'
import { formatCount, formatCredits } from '../kit/format.ts'

export interface PlanFigures {
  readonly used: string
  /** `1 of 3` months. */
  readonly ranOut: string
  /** Runs that the plan does not price or allow. */
  readonly leftOut: string
  readonly price: string
}

const NOT_COMPUTED = '–'

/** Whether a plan lists neither a price nor credits, so that nothing can be computed under it. */
export function isByAgreement({ money, months }: Simulation): boolean {
  return money === null && months.every(({ allowance }) => allowance === 0)
}

export function planFigures(simulation: Simulation): PlanFigures {
  const { used, ranOut, months, leftOut, money } = simulation
  const price = money === null ? 'By agreement' : formatMoney(money)
  if (isByAgreement(simulation)) {
    return { used: NOT_COMPUTED, ranOut: NOT_COMPUTED, leftOut: NOT_COMPUTED, price }
  }
  return {
    used: formatCredits(used),
    ranOut: `${formatCount(ranOut)} of ${formatCount(months.length)}`,
    leftOut: formatCount(leftOut.reduce((sum, { runs }) => sum + runs, 0)),
    price,
  }
}

/** By how much more or less is used, as `+30`; null where it is the same or cannot be computed. */
export function moreUsed(before: Simulation, after: Simulation): string | null {
  if (isByAgreement(before) || isByAgreement(after) || before.used === after.used) return null
  const more = subtractCredits(after.used, before.used)
  return `${more > 0 ? '+' : ''}${formatCredits(more)}`
}
