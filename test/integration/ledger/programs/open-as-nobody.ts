/** Opens a ledger as a user who may not write there, and prints how that ended. */

import { openLedger } from '../../../../src-main/ledger/open.ts'
import { codeOf, ledgerPorts, testClock } from '../../../support/ledger.ts'

process.setegid?.(65_534)
process.seteuid?.(65_534)
console.log(codeOf(openLedger(process.argv[2] ?? '', ledgerPorts(testClock()))))
