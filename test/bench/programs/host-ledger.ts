/**
 * A fresh process that opens a ledger, reads its balance and the first page of its history, and
 * prints what that took: `host-ledger <folder> <reader program>`.
 */

import { pathToFileURL } from 'node:url'
import { openLedger } from '../../../src-main/ledger/open.ts'
import { ledgerPorts, testClock, unwrap } from '../../support/ledger.ts'

/** What the process prints, as JSON. */
export interface HostFigures {
  /** Milliseconds from the start of the process to the first balance. */
  readonly firstBalance: number
  /** Of these, opening the ledger and reading the balance. */
  readonly opening: number
  /** From asking for the first page of history to having it, the worker's start included. */
  readonly firstPage: number
  /** Resident memory in MiB once history was read. */
  readonly memory: number
}

const [folder = '', reader = ''] = process.argv.slice(2)
const readerUrl = pathToFileURL(reader)
const from = performance.now()
const ledger = unwrap(openLedger(folder, { ...ledgerPorts(testClock()), readerUrl }))
const buckets = ledger.buckets()
const firstBalance = performance.now()
if (buckets.length > 3) throw new Error('Not the ledger that was generated')
unwrap(await ledger.history.page({ filter: {}, limit: 100 }))
const firstPage = performance.now() - firstBalance
unwrap(await ledger.history.groups({ filter: {}, by: 'day' }))
const memory = process.memoryUsage.rss() / 1_048_576
await ledger.close()
const opening = firstBalance - from
console.log(JSON.stringify({ firstBalance, opening, firstPage, memory } satisfies HostFigures))
