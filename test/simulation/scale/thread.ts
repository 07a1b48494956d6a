/** Plays every `threads`-th account of a month, and tells how far it is. */

import { parentPort, workerData } from 'node:worker_threads'
import { defaultCatalog } from '../../support/credits.ts'
import { playAccount } from './account.ts'
import { createTally, type Tally } from './tally.ts'

export interface Share {
  readonly accounts: number
  readonly seed: number
  readonly thread: number
  readonly threads: number
}

export interface Played {
  /** Accounts so far. */
  readonly played: number
  /** Of them; absent while there are more to play. */
  readonly tally?: Tally
}

/** Told of after so many accounts. */
const TOLD_EVERY = 5_000

const { accounts, seed, thread, threads } = workerData as Share
const tell = (played: Played) => parentPort?.postMessage(played)
const catalog = defaultCatalog()
const tally = createTally()
let played = 0
for (let account = thread; account < accounts; account += threads) {
  playAccount(tally, catalog, seed, account)
  played += 1
  if (played % TOLD_EVERY === 0) tell({ played })
}
tell({ played, tally })
