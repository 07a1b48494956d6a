/**
 * Keeps the counters behind caps in step with the ledger. What is watched changes with the caps in
 * force; a counter that is new is counted from the journal, as far back as its window reaches.
 */

import {
  type CapShape,
  countEntry,
  memoryOf,
  type Spending,
  startSpending,
  watches,
} from '#shared/policy/spending.ts'
import type { Ledger } from '../ledger/ledger.ts'

export interface SpendCounter {
  /** All that was spent up to the last entry, counted for at least these shapes. */
  spending(shapes: readonly CapShape[]): Spending
  close(): void
}

/** Counts in the days of `timeZone`, which is the account's. */
export function createSpendCounter(
  ledger: Pick<Ledger, 'now' | 'entriesSince' | 'onWritten'>,
  timeZone: string,
): SpendCounter {
  let spending = startSpending(timeZone, [])
  const stop = ledger.onWritten((entry) => {
    spending = countEntry(spending, entry)
  })

  function recount(shapes: readonly CapShape[]): Spending {
    const memory = Math.max(...shapes.map(memoryOf))
    let counted = startSpending(timeZone, shapes)
    for (const entry of ledger.entriesSince(ledger.now() - memory)) {
      counted = countEntry(counted, entry)
    }
    return counted
  }

  return {
    spending(shapes) {
      if (!watches(spending, shapes)) spending = recount(shapes)
      return spending
    },
    close: stop,
  }
}
