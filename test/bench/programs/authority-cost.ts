// What a lease costs in each of two stores, one after the other in turn, so that whatever else goes on
// weighs on both alike: `authority-cost <store> <store>`. Prints the medians in milliseconds.

import { millicredits } from '#shared/credits/amount.ts'
import { must, startProcess } from '../../support/authority-world.ts'
import { median } from '../bench.ts'
import { ACCOUNTS, accountOf, devicesOf } from '../server.bench.ts'

/** Long enough that code which runs often is compiled, and pages that are used are in memory. */
const WARM_UP = 5 * ACCOUNTS
const COUNTED = 20 * ACCOUNTS

const stores = await Promise.all(
  process.argv.slice(2, 4).map((url) => startProcess(url, Date.now, process.env['TEST_KEY'])),
)
const times: number[][] = stores.map(() => [])
for (let turn = 0; turn < WARM_UP + COUNTED; turn++) {
  const account = turn % ACCOUNTS
  const device = devicesOf(account)[Math.floor(turn / ACCOUNTS) % 2] ?? ''
  for (const [at, store] of stores.entries()) {
    const from = performance.now()
    // More than it has, so that every turn writes a lease.
    const { unmet } = must(await store.lease(accountOf(account), device, millicredits(1_000)))
    if (unmet > 0) throw new Error(`Nothing was leased to ${device}`)
    if (turn >= WARM_UP) times[at]?.push(performance.now() - from)
  }
}
console.log(JSON.stringify(times.map(median)))
await Promise.all(stores.map((store) => store.close()))
