/** A run after another against a ledger, telling what was acknowledged; for tests that kill it. */

import type { Ledger } from '../../src-main/ledger/ledger.ts'
import { endingOf, operationOf, unwrap } from './ledger.ts'

/** Holds, notes progress, and settles or voids one operation; `say` hears after each commit. */
export function spendOnce(ledger: Ledger, id: string, say: (line: string) => void): void {
  unwrap(ledger.authorize(operationOf(id, 1)))
  say(`held ${id}`)
  if (id.endsWith('3')) {
    unwrap(ledger.checkpoint(id, { units: { outputTokens: 5 }, usageSource: 'local' }))
    say(`marked ${id}`)
  }
  if (id.endsWith('7')) unwrap(ledger.void(id, { outcome: 'failed', reason: null }))
  else unwrap(ledger.settle(id, endingOf(0.01)))
  say(`ended ${id}`)
}

/** Ends what an earlier process left open, and names it. */
export function recoverable(ledger: Ledger): readonly string[] {
  return ledger.openHolds().map(({ operation }) => {
    const { operationId } = operation
    unwrap(ledger.void(operationId, { outcome: 'interrupted', reason: null }))
    return operationId
  })
}
