/**
 * The hard caps that recorded usage would have met. A run counts with its charge, since its maximum
 * would have been different under other prices.
 */

import type { Cycle } from '../account/cycle.ts'
import type { Cap } from '../catalog/policies.ts'
import type { Credits } from '../credits/amount.ts'
import { checkCaps } from '../policy/caps.ts'
import {
  changeShare,
  memoryOf,
  type RunScope,
  slotOf,
  type Spending,
  startSpending,
} from '../policy/spending.ts'
import { addToLast, dropBefore } from '../policy/series.ts'
import { type Calendar, calendarAt, type Span } from '../policy/windows.ts'
import type { UsageRecord } from './usage.ts'

export interface CapWatch {
  /** Whether a run fits under every cap; the times of runs never go back. */
  allows(record: UsageRecord, amount: Credits, cycle: Cycle): boolean
  /** Counts the run that was asked about last. */
  count(record: UsageRecord, amount: Credits): void
}

const NOBODY = { member: '', device: '', subject: '' }

const runOf = ({ operation, scope = NOBODY }: UsageRecord): RunScope => ({ ...scope, operation })

/** Watches the hard ones of `caps`. */
export function createCapWatch(caps: readonly Cap[], timeZone: string): CapWatch {
  const watched = caps.filter(({ kind }) => kind === 'hard')
  if (watched.length === 0) return { allows: () => true, count: () => undefined }
  let spending: Spending = startSpending(timeZone, watched)
  let calendar: Calendar | null = null
  let now = 0

  /** The windows hold until their hour ends. */
  function calendarOf(at: number, cycle: Cycle): Calendar {
    if (calendar && isWithin(calendar.hour, at)) return calendar
    calendar = calendarAt(timeZone, at, cycle)
    return calendar
  }

  return {
    allows(record, amount, cycle) {
      now = record.at
      const books = { spending, calendar: calendarOf(now, cycle) }
      return checkCaps(watched, books, runOf(record), amount, now).ok
    },
    count(record, amount) {
      const run = runOf(record)
      const day = calendar?.day ?? { startsAt: 0, endsAt: 0 }
      const counters = spending.counters.map((counter) =>
        changeShare(counter, run, (spent) =>
          addToLast(
            dropBefore(spent, slotOf(counter.shape, now, day) - memoryOf(counter.shape)),
            slotOf(counter.shape, now, day),
            amount,
          ),
        ),
      )
      spending = { ...spending, counters }
    },
  }
}

const isWithin = ({ startsAt, endsAt }: Span, at: number) => startsAt <= at && at < endsAt
