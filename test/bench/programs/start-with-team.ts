/**
 * A fresh process that opens a ledger and what it has of the team's records, and prints what that
 * took: `start-with-team <ledger folder> <team folder>`.
 */

import { openLedger } from '../../../src-main/ledger/open.ts'
import { loadAutomerge } from '../../../src-main/sync/records/replica/account-document.ts'
import { createReplica } from '../../../src-main/sync/records/replica/replica.ts'
import { ledgerPorts, testClock, unwrap } from '../../support/ledger.ts'

/** What the process prints, as JSON. */
export interface StartFigures {
  /** Milliseconds from the start of the process to the first balance. */
  readonly firstBalance: number
  /** Resident memory in MiB once all is loaded that a machine of a team needs to sync. */
  readonly memory: number
}

const [ledgerFolder = '', teamFolder = ''] = process.argv.slice(2)
const ledger = unwrap(openLedger(ledgerFolder, ledgerPorts(testClock())))
const replica = createReplica({ directory: teamFolder, automerge: loadAutomerge })
ledger.buckets()
const firstBalance = performance.now()
// A host in a team loads the library beside its first answers.
if (replica.positions().size > 0) await loadAutomerge()
const memory = process.memoryUsage.rss() / 1_048_576
replica.close()
await ledger.close()
console.log(JSON.stringify({ firstBalance, memory } satisfies StartFigures))
