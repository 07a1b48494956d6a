/**
 * A fresh process that opens a ledger and what it has of the team's records, and prints what that
 * took: `start-with-team <ledger folder> <team folder>`.
 */

import { randomUUID } from 'node:crypto'
import { openLedger } from '../../../src-main/ledger/open.ts'
import { createReplica } from '../../../src-main/sync/records/replica/replica.ts'
import { ledgerPorts, testClock, unwrap } from '../../support/ledger.ts'

/** What the process prints, as JSON. */
export interface StartFigures {
  /** Milliseconds from the start of the process to the first balance. */
  readonly firstBalance: number
  /** Resident memory in MiB once the machine knows what it has of the team's, as it tells the server. */
  readonly memory: number
}

const [ledgerFolder = '', teamFolder = ''] = process.argv.slice(2)
const ledger = unwrap(openLedger(ledgerFolder, ledgerPorts(testClock())))
const replica = createReplica({
  directory: teamFolder,
  automerge: () => Promise.reject(new Error('A start has no need of the library')),
  ids: { next: randomUUID },
})
ledger.buckets()
const firstBalance = performance.now()
replica.positions()
replica.names()
replica.labelsAfter(0, 200)
const memory = process.memoryUsage.rss() / 1_048_576
replica.close()
await ledger.close()
console.log(JSON.stringify({ firstBalance, memory } satisfies StartFigures))
