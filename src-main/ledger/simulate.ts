/** Runs the ledger's usage, or exported usage, through plans. In the reading worker. */

import type { DatabaseSync } from 'node:sqlite'
import { millicredits } from '#shared/credits/amount.ts'
import type { PlanSimulations } from '#shared/host/views.ts'
import { type Result, success } from '#shared/result.ts'
import { startSimulation } from '#shared/simulation/simulate.ts'
import type { UsageRecord } from '#shared/simulation/usage.ts'
import { readUsageCsv } from '#shared/usage/read-csv.ts'
import type { SimulationQuestion } from './reader-protocol.ts'
import { recordedUsage } from './recorded-usage.ts'

/** Fails with `csv_unreadable`. */
export function simulateHistory(
  db: DatabaseSync,
  question: SimulationQuestion,
): Result<PlanSimulations> {
  const { csv, from, to } = question
  if (csv === undefined) {
    const wanted = { from, to, scope: countsByWhom(question) }
    return success(simulateAll(question, recordedUsage(db, wanted)))
  }
  const read = readUsageCsv(csv)
  if (!read.ok) return read
  const within = ({ at }: UsageRecord) =>
    (from === undefined || at >= from) && (to === undefined || at < to)
  return success(simulateAll(question, read.data.filter(within)))
}

/** Whether a cap counts by more than the operation. */
function countsByWhom({ catalog, planIds, caps }: SimulationQuestion): boolean {
  const plans = catalog.plans.filter(({ id }) => planIds.includes(id))
  const all = [...caps, ...catalog.caps, ...plans.flatMap((plan) => plan.caps)]
  return all.some(
    ({ scope: { member, device, subject } }) =>
      member !== undefined || device !== undefined || subject !== undefined,
  )
}

function simulateAll(
  { planIds, ...question }: SimulationQuestion,
  usage: Iterable<UsageRecord>,
): PlanSimulations {
  const running = planIds.map((planId) => startSimulation({ ...question, planId }))
  let runs = 0
  let charged = 0
  let first: number | null = null
  let last: number | null = null
  for (const record of usage) {
    for (const simulation of running) simulation.add(record)
    runs++
    charged += record.charged
    first ??= record.at
    last = record.at
  }
  return {
    plans: running.map((simulation) => simulation.end()),
    usage: { runs, first, last, charged: millicredits(charged) },
  }
}
