/**
 * What is due in a pool: what its account is due, leases that have ended, debt that can be paid.
 */

import { type Due, MOST_MOMENTS, nextDue } from '../account/due.ts'
import { cycleOfIndex } from '../account/cycle.ts'
import { type Credits, minCredits } from '../credits/amount.ts'
import { availableAt, drawFrom } from '../credits/burn-down.ts'
import type { EntryDraft } from '../journal/journal.ts'
import { reclaimEntries } from './close.ts'
import { applyAllToPool } from './follow.ts'
import { createMoves, movingEntry } from './moves.ts'
import { GRACE } from './policy.ts'
import { outstanding, type Pool, type PoolDevice } from './pool.ts'

/**
 * Every entry due at `now`, moment by moment: what the account is due, what comes back from leases
 * whose grace is over, and debt as soon as anything pays it. After they are written, asking again
 * gives none. Every command expects a pool that is up to date.
 */
export function poolDue(pool: Pool, now: number): readonly EntryDraft[] {
  const written: EntryDraft[] = []
  let current = pool
  const write = (entries: readonly EntryDraft[]) => {
    current = applyAllToPool(current, entries)
    written.push(...entries)
  }
  for (let moments = 0; moments < MOST_MOMENTS; moments++) {
    const next = nextPoolDue(current, now)
    // Before something ends or is dropped, it pays what is owed.
    const paid = debtEntries(current, next ? next.at - 1 : now)
    if (paid.length === 0 && !next) return written
    write(paid.length > 0 || !next ? paid : next.entries(current))
  }
  throw new Error('The pool does not come up to date')
}

function nextPoolDue(pool: Pool, now: number): Due | null {
  const first = nextDue(pool, now)
  const over = overdueLease(pool, now)
  return over && (!first || over.at < first.at) ? over : first
}

/** The lease whose grace ended first and that still has something outstanding. */
function overdueLease(pool: Pool, now: number): Due | null {
  let first: PoolDevice | null = null
  for (const device of pool.devices.values()) {
    if (device.expiresAt + GRACE > now || !hasOutstanding(device)) continue
    if (!first || device.expiresAt < first.expiresAt) first = device
  }
  if (!first) return null
  const { deviceId, expiresAt } = first
  const at = expiresAt + GRACE
  return { at, entries: () => reclaimEntries(pool, deviceId, 'expired', at) }
}

function hasOutstanding({ lines }: PoolDevice): boolean {
  for (const line of lines.values()) if (outstanding(line) > 0) return true
  return false
}

/** Pays debt from what is available at a given moment: available → spent. */
function debtEntries(pool: Pool, at: number): readonly EntryDraft[] {
  const { debt, debtPaid, balances, account } = pool
  const amount: Credits = minCredits(debt, availableAt(balances.values(), at))
  const drawn = drawFrom(balances.values(), amount, at)
  if (amount === 0 || !drawn.ok) return []
  const moves = createMoves()
  for (const draw of drawn.draws) moves.add(draw.grantId, 'available', 'spent', draw.amount)
  // The total paid before only grows, so the id is made from it.
  const id = `debt-paid:${account.account?.id ?? ''}:${debtPaid}`
  return [movingEntry(id, { kind: 'debt-paid', amount }, moves)]
}

/**
 * The next moment after `now` at which something may fall due by itself: when to look again. Null
 * if nothing ever does. May be early, but is never late.
 */
export function nextPoolMoment(pool: Pool, now: number): number | null {
  const { account, balances, devices } = pool
  let next = Infinity
  const note = (at: number) => {
    if (at > now && at < next) next = at
  }
  for (const { grant } of balances.values()) {
    note(grant.effectiveAt)
    note(grant.expiresAt ?? 0)
  }
  for (const device of devices.values()) {
    const over = device.expiresAt + GRACE
    if (over < next && hasOutstanding(device)) note(over)
  }
  for (const { from } of account.catalogs) note(from)
  for (const { override } of account.overrides.values()) {
    note(override.from)
    note(override.until ?? 0)
  }
  if (account.account) note(cycleOfIndex(account.account.anchor, account.cycle + 1).startsAt)
  return next === Infinity ? null : next
}
