/** What a run would have cost under a catalog and plan, and which runs they leave out. */

import type { Catalog } from '../catalog/catalog.ts'
import type { Plan } from '../catalog/plans.ts'
import type { OperationRate } from '../catalog/rates.ts'
import { type Credits, minCredits, ZERO } from '../credits/amount.ts'
import { priceAmount } from '../pricing/rate-card.ts'
import { plus } from './month.ts'
import type { LeftOut } from './outcome.ts'
import type { UsageRecord } from './usage.ts'

export interface Admission {
  /** Null if the run is left out, which is recorded. */
  price(record: UsageRecord): Credits | null
  leftOut(): readonly LeftOut[]
}

interface Trial {
  readonly runs: number
  readonly lastsMs: number
  used: number
  firstAt: number | null
}

const DAY = 24 * 60 * 60_000

export function createAdmission({ operations }: Catalog, { entitlements }: Plan): Admission {
  const rates = new Map<string, OperationRate>(operations.map((rate) => [rate.id, rate]))
  const entitled = entitlements.operations === 'all' ? null : new Set(entitlements.operations)
  const trials = new Map<string, Trial>(
    entitlements.trials.map(({ operation, runs, days }) => [
      operation,
      {
        runs,
        lastsMs: days === null ? Number.POSITIVE_INFINITY : days * DAY,
        used: 0,
        firstAt: null,
      },
    ]),
  )
  const left = new Map<string, LeftOut>()

  function leaveOut({ operation, charged }: UsageRecord, why: LeftOut['why']): null {
    const key = `${why} ${operation}`
    const { runs, recorded } = left.get(key) ?? { runs: 0, recorded: ZERO }
    left.set(key, { operation, why, runs: runs + 1, recorded: plus(recorded, charged) })
    return null
  }

  return {
    price(record) {
      const { operation, at, units, charged, maximumUnits, premiumPercent = 0 } = record
      const rate = rates.get(operation)
      if (!rate) return leaveOut(record, 'unpriced')
      if (entitled && !entitled.has(operation) && !tries(trials.get(operation), at)) {
        return leaveOut(record, 'not-entitled')
      }
      if (units === null) return charged
      const amount = priceAmount(rate, units, premiumPercent)
      if (!maximumUnits) return amount
      return minCredits(amount, priceAmount(rate, maximumUnits, premiumPercent))
    },
    leftOut: () => [...left.values()],
  }
}

/** Whether a run is on trial, which it uses up. */
function tries(trial: Trial | undefined, at: number): boolean {
  if (!trial || trial.used >= trial.runs) return false
  trial.firstAt ??= at
  if (at - trial.firstAt >= trial.lastsMs) return false
  trial.used++
  return true
}
