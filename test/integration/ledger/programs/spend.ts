/**
 * A process that spends until it is killed. Each line it prints is an acknowledgement: what the
 * ledger said was done, after it said so. Run as `node spend.ts <folder> <round>`.
 */

import { writeSync } from 'node:fs'
import { recoverable, spendOnce } from '../../../support/spending.ts'
import { openTestLedger, testClock } from '../../../support/ledger.ts'

const [folder = '', round = '0'] = process.argv.slice(2)
const ledger = openTestLedger(folder, testClock())
const say = (line: string) => writeSync(1, `${line}\n`)

for (const operationId of recoverable(ledger)) say(`ended ${operationId}`)
say('open')
let turn = 0
function go(): void {
  for (let n = 0; n < 20; n++) spendOnce(ledger, `${round}-${turn++}`, say)
  setImmediate(go)
}
go()
