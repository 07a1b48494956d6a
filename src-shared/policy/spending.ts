/**
 * What was spent, counted for the caps that watch it: a fold of the journal (design: caps). A hold
 * counts its maximum, at its own time, until it ends; then its charge counts in its place, at the
 * same time. A void counts nothing. Plain JSON, and as large as the caps watched, not the history.
 */

import { type Credits, millicredits, subtractCredits, ZERO } from '../credits/amount.ts'
import { type Cap, EACH } from '../catalog/policies.ts'
import type { Entry, OperationFacts } from '../journal/journal.ts'
import { addAround, addToLast, dropBefore, EMPTY_SERIES, type Series, sumFrom } from './series.ts'
import { dayAt, QUARTER, type Span } from './windows.ts'

/** What a cap may count by. */
export const SCOPE_FIELDS = ['member', 'device', 'operation', 'subject'] as const
export type ScopeField = (typeof SCOPE_FIELDS)[number]

/** Who a run counts for, and what it is. A run that names no member counts for nobody: ''. */
export type RunScope = Readonly<Record<ScopeField, string>>

/** The part of a cap that decides what it counts: caps alike in it share a counter. */
export type CapShape = Pick<Cap, 'window' | 'minutes' | 'scope'>

/** What one value of a scope has spent: of `each` member, this one. */
export interface Share {
  /** The values of the fields that count `each`, in the order of `SCOPE_FIELDS`. */
  readonly of: readonly string[]
  readonly spent: Series
}

export interface SpendCounter {
  readonly shape: CapShape
  /** `shape` as text. */
  readonly key: string
  readonly shares: readonly Share[]
}

interface OpenRun {
  readonly operationId: string
  readonly at: number
  readonly maximum: Credits
  readonly scope: RunScope
}

export interface Spending {
  /** Of the account; its days are the slots of most counters. */
  readonly timeZone: string
  /** The local day of the last hold. */
  readonly day: Span
  readonly open: readonly OpenRun[]
  readonly counters: readonly SpendCounter[]
}

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

/** How long spending is remembered for a window: its length plus that of one slot. */
export function memoryOf({ window, minutes }: CapShape): number {
  switch (window) {
    case 'rolling':
      return ((minutes ?? 0) + 1) * MINUTE
    case 'hour':
      return 2 * 60 * MINUTE
    case 'day':
      return 2 * DAY
    case 'week':
      return 9 * DAY
    case 'month':
    case 'cycle':
      return 33 * DAY
  }
}

/** The shape of a cap, as text: the same for caps that count the same. */
function shapeKey({ window, minutes, scope }: CapShape): string {
  return JSON.stringify([
    window,
    minutes ?? null,
    SCOPE_FIELDS.map((field) => scope[field] ?? null),
  ])
}

/** Nothing spent, and what to watch for. */
export function startSpending(timeZone: string, shapes: readonly CapShape[]): Spending {
  const byKey = new Map(shapes.map((shape) => [shapeKey(shape), shape]))
  const counters = [...byKey].map(([key, { window, minutes, scope }]): SpendCounter => {
    const shape = minutes === undefined ? { window, scope } : { window, minutes, scope }
    return { key, shape, shares: [] }
  })
  return { timeZone, day: { startsAt: 0, endsAt: 0 }, open: [], counters }
}

/** Who a run counts for. */
export function runScope({ memberId, deviceId, subject, quote }: OperationFacts): RunScope {
  return { member: memberId ?? '', device: deviceId, operation: quote.operation, subject }
}

/** The spending after one more entry. Entries come in the journal's order. */
export function countEntry(before: Spending, { facts, at }: Pick<Entry, 'facts' | 'at'>): Spending {
  switch (facts.kind) {
    case 'hold':
      return countHold(before, facts.operation, at)
    case 'settle':
      return countEnd(before, facts.operationId, facts.charge.amount)
    case 'void':
      return countEnd(before, facts.operationId, ZERO)
    default:
      return before
  }
}

function countHold(before: Spending, operation: OperationFacts, at: number): Spending {
  if (before.counters.length === 0) return before
  const { operationId, quote } = operation
  const scope = runScope(operation)
  const run: OpenRun = { operationId, at, maximum: quote.maximum, scope }
  const isSameDay = at >= before.day.startsAt && at < before.day.endsAt
  const day = isSameDay ? before.day : dayAt(before.timeZone, at)
  const known = isSameDay ? before.counters : before.counters.map((one) => forget(one, at))
  const counters = known.map((counter) =>
    changeShare(counter, scope, (spent) => {
      const slot = slotOf(counter.shape, at, day)
      const kept = dropBefore(spent, slot - memoryOf(counter.shape))
      return addToLast(kept, slot, quote.maximum)
    }),
  )
  return { ...before, day, open: [...before.open, run], counters }
}

function countEnd(before: Spending, operationId: string, charge: Credits): Spending {
  const run = before.open.find((one) => one.operationId === operationId)
  if (!run) return before
  const open = before.open.filter((one) => one !== run)
  const change = subtractCredits(charge, run.maximum)
  if (change === 0) return { ...before, open }
  const counters = before.counters.map((counter) =>
    changeShare(counter, run.scope, (spent) => addAround(spent, run.at, change)),
  )
  return { ...before, open, counters }
}

/** Where the slot of a moment begins. */
export function slotOf({ window }: CapShape, at: number, day: Span): number {
  if (window === 'rolling') return at - (at % MINUTE)
  if (window === 'hour') return at - (at % QUARTER)
  return day.startsAt
}

/** Drops values that have spent nothing within the counter's memory. */
function forget(counter: SpendCounter, at: number): SpendCounter {
  const before = at - memoryOf(counter.shape) - DAY
  const shares = counter.shares.filter(({ spent }) => dropBefore(spent, before).length > 0)
  return shares.length === counter.shares.length ? counter : { ...counter, shares }
}

/** The counter after a change to the share that a run belongs to. */
export function changeShare(
  counter: SpendCounter,
  run: RunScope,
  change: (spent: Series) => Series,
): SpendCounter {
  const of = shareOf(counter.shape, run)
  if (!of) return counter
  const at = counter.shares.findIndex((share) => isSame(share.of, of))
  const share = counter.shares[at]
  const spent = change(share?.spent ?? EMPTY_SERIES)
  if (share) return { ...counter, shares: counter.shares.with(at, { of, spent }) }
  return spent.length === 0 ? counter : { ...counter, shares: [...counter.shares, { of, spent }] }
}

/** The share of a counter that a run belongs to; null when the cap does not count the run. */
function shareOf({ scope }: CapShape, run: RunScope): readonly string[] | null {
  const of: string[] = []
  for (const field of SCOPE_FIELDS) {
    const wanted = scope[field]
    if (wanted === undefined) continue
    if (wanted === EACH) of.push(run[field])
    else if (wanted !== run[field]) return null
  }
  return of
}

const isSame = (left: readonly string[], right: readonly string[]) =>
  left.length === right.length && left.every((value, at) => value === right[at])

/** Whether a cap counts a run at all. */
export function counts(shape: CapShape, run: RunScope): boolean {
  return shareOf(shape, run) !== null
}

/** The counter of a cap. Throws when it is not watched. */
export function counterOf({ counters }: Spending, shape: CapShape): SpendCounter {
  const key = shapeKey(shape)
  const counter = counters.find((one) => one.key === key)
  if (!counter) throw new Error(`Nothing counts for a cap of shape ${key}`)
  return counter
}

/** What the value that a run belongs to has spent. */
export function spentBy(counter: SpendCounter, run: RunScope): Series {
  const of = shareOf(counter.shape, run)
  const share = of && counter.shares.find((one) => isSame(one.of, of))
  return share ? share.spent : EMPTY_SERIES
}

/** Whether every one of the shapes is counted. */
export function watches({ counters }: Spending, shapes: readonly CapShape[]): boolean {
  return shapes.every((shape) => {
    const key = shapeKey(shape)
    return counters.some((counter) => counter.key === key)
  })
}

/** Counts everything the account spends in its cycle. */
export const CYCLE_SPENDING: CapShape = { window: 'cycle', scope: {} }

/** What runs that have ended were charged, of those held since the day of `from`. */
export function chargedSince(spending: Spending, from: number): Credits {
  const { shares } = counterOf(spending, CYCLE_SPENDING)
  const day = dayAt(spending.timeZone, from).startsAt
  const counted = sumFrom(shares[0]?.spent ?? EMPTY_SERIES, day)
  const held = spending.open.reduce((sum, { at, maximum }) => sum + (at >= day ? maximum : 0), 0)
  return subtractCredits(counted, millicredits(held))
}
