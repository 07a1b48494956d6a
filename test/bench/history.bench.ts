/** Reading the history of a million entries, and what the host's thread notices of it. */

import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Result } from '#shared/result.ts'
import { USAGE_GROUPINGS, type UsageFilter } from '#shared/usage/filter.ts'
import type { LedgerReader } from '../../src-main/ledger/reader.ts'
import { DAY, NOON, openTestLedger, unwrap } from '../support/ledger.ts'
import { type Bench, limit, median, type Measurement } from './bench.ts'
import { benchOperation, ledgerOf } from './generate.ts'

const ENTRIES = 1_000_000
const ROUNDS = 15
const LONGEST = 100
const LONGEST_STALL = 20

const NARROW: UsageFilter = { subjects: ['Thesis'], search: 'expert', statuses: ['voided'] }

type Question = readonly [string, (history: LedgerReader) => Promise<Result<unknown>>]

const QUESTIONS: readonly Question[] = [
  ['first page', (history) => history.page({ filter: {}, limit: 100 })],
  ['first page, narrow filter', (history) => history.page({ filter: NARROW, limit: 100 })],
  ...USAGE_GROUPINGS.map((by): Question => [
    `grouped by ${by}`,
    (history) => history.groups({ filter: {}, by }),
  ]),
  ['days of the chart', (history) => history.days({})],
  ['balance of a year ago', (history) => history.balanceAt(NOON - 365 * DAY)],
]

/** One charge opened up, of any age. */
const EXPLAINED = 200
const LONGEST_EXPLANATION = 5

export const history: Bench = {
  async run() {
    const folder = ledgerOf(ENTRIES)
    const measurements: Measurement[] = []
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const ledger = openTestLedger(folder)
    await time(ledger.history, QUESTIONS[0] as Question)
    delay.reset()
    for (const question of QUESTIONS) {
      const times: number[] = []
      for (let round = 0; round < ROUNDS; round++) {
        times.push(await time(ledger.history, question))
      }
      measurements.push(limit(question[0], median(times), 'ms', LONGEST))
    }
    const explained: number[] = []
    for (let charge = 0; charge < EXPLAINED; charge++) {
      const { operationId } = benchOperation(Math.floor((charge * ENTRIES) / 2 / EXPLAINED))
      explained.push(await time(ledger.history, ['', (of) => of.explain(operationId)]))
    }
    measurements.push(limit('explain a charge', median(explained), 'ms', LONGEST_EXPLANATION))
    const stall = delay.max / 1e6 - 1
    measurements.push(
      limit('longest stall of the host’s thread meanwhile', stall, 'ms', LONGEST_STALL),
    )
    await ledger.close()
    return measurements
  },
}

async function time(reader: LedgerReader, [, ask]: Question): Promise<number> {
  const from = performance.now()
  unwrap(await ask(reader))
  return performance.now() - from
}
