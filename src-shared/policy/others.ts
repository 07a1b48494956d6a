/**
 * What the other machines of a team spent, as far as this one has heard, counted against the same
 * caps (design: caps). Of sealed history only the days are known, so it counts only in windows of
 * days.
 */

import { type Credits, millicredits } from '../credits/amount.ts'
import { addToLast, dropBefore, EMPTY_SERIES, type Series, slotsFrom } from './series.ts'
import {
  type CapShape,
  changeShare,
  memoryOf,
  type RunScope,
  type Share,
  slotOf,
  type SpendCounter,
  type Spending,
  startSpending,
} from './spending.ts'
import { dayAt } from './windows.ts'

/** A run of another machine, or several of one day. */
export interface HeardRun {
  /** When it was held; where only its day is known (UTC), the noon of that. */
  readonly at: number
  readonly scope: RunScope
  readonly charge: Credits
  readonly byDay: boolean
}

/** The spending of runs, given in any order. */
export function spendingOf(
  timeZone: string,
  shapes: readonly CapShape[],
  runs: readonly HeardRun[],
): Spending {
  let spending = startSpending(timeZone, shapes)
  for (const run of runs.toSorted((left, right) => left.at - right.at)) {
    if (run.charge > 0) spending = countRun(spending, run)
  }
  return spending
}

function countRun(before: Spending, { at, scope, charge, byDay }: HeardRun): Spending {
  const isSameDay = at >= before.day.startsAt && at < before.day.endsAt
  const day = isSameDay ? before.day : dayAt(before.timeZone, at)
  const counters = before.counters.map((counter) => {
    const { shape } = counter
    if (byDay && (shape.window === 'rolling' || shape.window === 'hour')) return counter
    return changeShare(counter, scope, (spent) => {
      const slot = slotOf(shape, at, day)
      return addToLast(dropBefore(spent, slot - memoryOf(shape)), slot, charge)
    })
  })
  return { ...before, day, counters }
}

/** Both together; what only `others` watches is left out. */
export function joinSpending(own: Spending, others: Spending): Spending {
  const byKey = new Map(others.counters.map((counter) => [counter.key, counter]))
  const counters = own.counters.map((counter) => {
    const other = byKey.get(counter.key)
    return other && other.shares.length > 0 ? joinCounters(counter, other) : counter
  })
  return { ...own, counters }
}

function joinCounters(own: SpendCounter, other: SpendCounter): SpendCounter {
  const shares = new Map<string, Share>(
    own.shares.map((share) => [JSON.stringify(share.of), share]),
  )
  for (const { of, spent } of other.shares) {
    const key = JSON.stringify(of)
    shares.set(key, { of, spent: joinSeries(shares.get(key)?.spent ?? EMPTY_SERIES, spent) })
  }
  return { ...own, shares: [...shares.values()] }
}

function joinSeries(left: Series, right: Series): Series {
  const slots = new Map<number, number>()
  for (const [slot, amount] of [...slotsFrom(left, 0), ...slotsFrom(right, 0)]) {
    slots.set(slot, (slots.get(slot) ?? 0) + amount)
  }
  return [...slots]
    .sort(([one], [other]) => one - other)
    .reduce<Series>((all, [slot, amount]) => addToLast(all, slot, millicredits(amount)), [])
}
