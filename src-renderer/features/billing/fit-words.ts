/** What a simulated plan tells, in words. */

import type { Simulation } from '#shared/simulation/outcome.ts'
import { creditsInWords, formatTime, plural } from '../../kit/format.ts'

const MOST_MONTHS = 3

/**
 * The least dear plan under which nothing was refused and no run left out; null where there is none.
 * Of plans at one price the first, as the catalog lists them; a price by agreement does not compete.
 */
export function bestFit(plans: readonly Simulation[]): Simulation | null {
  const fitting = plans.filter(
    ({ refusedRuns, leftOut, money }) =>
      refusedRuns === 0 && leftOut.length === 0 && money !== null,
  )
  return fitting.reduce<Simulation | null>((best, plan) => {
    if (!best) return plan
    if (best.money?.currency !== plan.money?.currency) return best
    return (plan.money?.amount ?? 0) < (best.money?.amount ?? 0) ? plan : best
  }, null)
}

/** What is worth saying beyond the figures, each a sentence; often none. */
export function simulationRemarks(simulation: Simulation, timeZone: string): readonly string[] {
  const { months, overage, refused, refusedRuns, expired, packs, cappedRuns, leftOut } = simulation
  const remarks: string[] = []
  const out = months.filter((month) => month.refusedRuns > 0)
  if (out.length > 0) {
    const days = out
      .slice(0, MOST_MONTHS)
      .map(({ startsAt }) => formatTime(startsAt, timeZone, 'day-year'))
    const more = out.length > MOST_MONTHS ? ` and ${out.length - MOST_MONTHS} more` : ''
    remarks.push(
      `Run out in the months from ${days.join(', ')}${more}: ${plural(refusedRuns, 'run')} of ${creditsInWords(refused)} refused.`,
    )
  }
  if (cappedRuns > 0) remarks.push(`${plural(cappedRuns, 'run')} of these refused by a cap.`)
  if (overage > 0) remarks.push(`${creditsInWords(overage)} of it beyond the balance, invoiced.`)
  if (packs > 0) remarks.push(`${plural(packs, 'pack')} bought.`)
  if (expired > 0) remarks.push(`${creditsInWords(expired)} would have ended unused.`)
  for (const { operation, why, runs } of leftOut) {
    remarks.push(
      why === 'unpriced'
        ? `${plural(runs, 'run')} of ${operation} has no price there and is left out.`
        : `${plural(runs, 'run')} of ${operation} is not part of it and is left out.`,
    )
  }
  return remarks
}
