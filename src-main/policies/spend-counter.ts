/**
 * Keeps the counters behind caps in step with the ledger. What is watched changes with the caps in
 * force; a new counter is computed from the journal, as far back as its window reaches. The
 * counters are kept in a file with the entry they had reached, so that opening need not count a
 * month again; without that file only time is lost.
 */

import { join } from 'node:path'
import { z } from 'zod'
import { millicredits } from '#shared/credits/amount.ts'
import {
  type CapShape,
  countEntry,
  memoryOf,
  type Spending,
  startSpending,
  watches,
} from '#shared/policy/spending.ts'
import { readJsonFile, systemErrorCode, writeFileAtomic } from '../files/atomic-file.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Log } from '#shared/ports/log.ts'

export const SPENDING_FILE = 'spending.json'
/** The most entries counted again after a crash. */
const SAVE_EVERY = 2_000

export interface SpendCounter {
  /** All that was spent up to the last entry, counted for at least these shapes. */
  spending(shapes: readonly CapShape[]): Spending
  /** Stops following the ledger, which must still be open. */
  close(): void
}

export interface SpendCounterDeps {
  readonly ledger: Pick<Ledger, 'now' | 'head' | 'entriesSince' | 'entriesAfter' | 'onWritten'>
  /** Where the counters are kept; exists. */
  readonly directory: string
  /** Of the account; its days are counted. */
  timeZone(): string
  readonly log: Log
}

export function createSpendCounter(deps: SpendCounterDeps): SpendCounter {
  const { ledger, log, timeZone } = deps
  const file = join(deps.directory, SPENDING_FILE)
  let spending = resume(file, ledger, timeZone()) ?? startSpending(timeZone(), [])
  let unsaved = 0
  const stop = ledger.onWritten((entry) => {
    spending = countEntry(spending, entry)
    // Of entries written together, only the last is the head of the chain.
    if (++unsaved >= SAVE_EVERY && entry.sequence === ledger.head().sequence) save()
  })

  function save(): void {
    unsaved = 0
    if (spending.counters.length === 0) return
    const { sequence, hash } = ledger.head()
    try {
      writeFileAtomic(file, JSON.stringify({ format: 1, head: { sequence, hash }, spending }))
    } catch (error) {
      const cause = systemErrorCode(error)
      if (cause === undefined) throw error
      log.warn('What caps have counted was not saved', { cause })
    }
  }

  function recount(shapes: readonly CapShape[]): Spending {
    const memory = Math.max(...shapes.map(memoryOf))
    let counted = startSpending(timeZone(), shapes)
    for (const entry of ledger.entriesSince(ledger.now() - memory)) {
      counted = countEntry(counted, entry)
    }
    return counted
  }

  return {
    spending(shapes) {
      if (spending.timeZone !== timeZone() || !watches(spending, shapes)) {
        spending = recount(shapes)
        save()
      }
      return spending
    },
    close() {
      stop()
      save()
    },
  }
}

const amount = z.int().transform(millicredits)
const span = z.object({ startsAt: z.int(), endsAt: z.int() })
const scope = z.object({
  member: z.string(),
  device: z.string(),
  operation: z.string(),
  subject: z.string(),
})
const chunk = z.object({ slots: z.array(z.int()), amounts: z.array(amount), total: amount })
const savedSchema = z.object({
  format: z.literal(1),
  head: z.object({ sequence: z.int(), hash: z.string() }),
  spending: z.object({
    timeZone: z.string(),
    day: span,
    open: z.array(z.object({ operationId: z.string(), at: z.int(), maximum: amount, scope })),
    counters: z.array(
      z.object({
        key: z.string(),
        shape: z.object({
          window: z.enum(['hour', 'day', 'week', 'month', 'cycle', 'rolling']),
          minutes: z.int().exactOptional(),
          scope: z.object({
            member: z.string().exactOptional(),
            device: z.string().exactOptional(),
            operation: z.string().exactOptional(),
            subject: z.string().exactOptional(),
          }),
        }),
        shares: z.array(z.object({ of: z.array(z.string()), spent: z.array(chunk) })),
      }),
    ),
  }),
})

/** The stored counters, brought up to the last entry; null if there are none for this ledger. */
function resume(
  file: string,
  ledger: Pick<Ledger, 'entriesAfter'>,
  timeZone: string,
): Spending | null {
  const kept = readJsonFile(file, savedSchema)
  if (kept.state !== 'ok' || kept.data.spending.timeZone !== timeZone) return null
  const entries = ledger.entriesAfter(kept.data.head)
  if (!entries) return null
  let spending: Spending = kept.data.spending
  for (const entry of entries) spending = countEntry(spending, entry)
  return spending
}
