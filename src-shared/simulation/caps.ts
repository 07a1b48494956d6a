/**
 * The hard caps that recorded usage would have met. A run counts what it is charged; its maximum was
 * another under other prices. Records do not say who ran them: caps by member, machine or subject
 * are left out, and told.
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

export interface CapWatch {
  /** Whether a run fits under every cap; `at` never goes back. */
  allows(operation: string, amount: Credits, at: number, cycle: Cycle): boolean
  count(operation: string, amount: Credits): void
}

/** Whether records tell what a cap counts by. */
export function isTold({ scope }: Cap): boolean {
  return scope.member === undefined && scope.device === undefined && scope.subject === undefined
}

const NOBODY = { member: '', device: '', subject: '' }

/** Watches the hard ones of `caps` that records tell of. */
export function createCapWatch(caps: readonly Cap[], timeZone: string): CapWatch {
  const watched = caps.filter((cap) => cap.kind === 'hard' && isTold(cap))
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
    allows(operation, amount, at, cycle) {
      now = at
      const run: RunScope = { ...NOBODY, operation }
      const books = { spending, calendar: calendarOf(at, cycle) }
      return checkCaps(watched, books, run, amount, at).ok
    },
    count(operation, amount) {
      const run: RunScope = { ...NOBODY, operation }
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
