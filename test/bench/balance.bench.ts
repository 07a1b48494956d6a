/** Reading the balance of a long ledger against a short one. */

import { availableAt } from '#shared/credits/burn-down.ts'
import type { Ledger } from '../../src-main/ledger/ledger.ts'
import { openTestLedger } from '../support/ledger.ts'
import { type Bench, median, ratio } from './bench.ts'
import { ledgerOf } from './generate.ts'

const ROUNDS = 200
const READS = 2_000

export const balance: Bench = {
  async run() {
    const long = openTestLedger(ledgerOf(1_000_000))
    const short = openTestLedger(ledgerOf(1_000))
    const longTimes: number[] = []
    const shortTimes: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      longTimes.push(timeReads(long))
      shortTimes.push(timeReads(short))
    }
    await long.close()
    await short.close()
    return [ratio('balance read, 1M entries', median(longTimes), median(shortTimes), 'µs', 1.2)]
  },
}

/** Microseconds of one read. */
function timeReads(ledger: Ledger): number {
  const from = performance.now()
  for (let n = 0; n < READS; n++) availableAt(ledger.buckets(), ledger.now())
  return ((performance.now() - from) * 1_000) / READS
}
