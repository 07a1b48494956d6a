/**
 * A fresh process that opens a ledger, reads its balance and the first page of its history, and
 * prints what that took: `node host-ledger.ts <folder>`.
 */

import { openTestLedger, unwrap } from '../../support/ledger.ts'

/** What the process prints, as JSON. */
export interface HostFigures {
  /** Milliseconds from the start of the process to the first balance. */
  readonly firstBalance: number
  /** Of these, opening the ledger and reading the balance. */
  readonly opening: number
  /** Resident memory in MiB once history was read. */
  readonly memory: number
}

const [folder = ''] = process.argv.slice(2)
const from = performance.now()
const ledger = openTestLedger(folder)
const buckets = ledger.buckets()
const firstBalance = performance.now()
if (buckets.length > 3) throw new Error('Not the ledger that was generated')
unwrap(await ledger.history.page({ filter: {}, limit: 50 }))
unwrap(await ledger.history.groups({ filter: {}, by: 'day' }))
const memory = process.memoryUsage.rss() / 1_048_576
await ledger.close()
const figures: HostFigures = { firstBalance, opening: firstBalance - from, memory }
console.log(JSON.stringify(figures))
