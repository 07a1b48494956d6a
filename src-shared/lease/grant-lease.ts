/** Leases to devices: what the authority writes, and what it states. */

import { cycleOfIndex } from '../account/cycle.ts'
import { rolloverMaximum } from '../account/cycle-grants.ts'
import { opened } from '../account/terms.ts'
import {
  addCredits,
  type Credits,
  millicredits,
  minCredits,
  subtractCredits,
  ZERO,
} from '../credits/amount.ts'
import { burnOrder } from '../credits/burn-down.ts'
import { type Grant, hasExpired, isInForce, paysFor } from '../credits/grant.ts'
import type { GrantBalance } from '../journal/balance.ts'
import { grantEntry } from '../journal/entries.ts'
import type { EntryDraft } from '../journal/journal.ts'
import type { LeaseLine } from '../journal/lease-facts.ts'
import { failure, type Result, success } from '../result.ts'
import { advanceGrant } from './advance.ts'
import { createMoves, type Moves, movingEntry } from './moves.ts'
import { LEASE_TERM, LOW_WATER_PARTS, RENEW_BELOW } from './policy.ts'
import { EMPTY_LINE, outstanding, type Pool, type PoolDevice, type PoolLine } from './pool.ts'
import {
  dailyUse,
  generalLease,
  generalTotal,
  isGeneral,
  leasedOf,
  leasedOfAll,
  partOf,
  sharedGroups,
  type Sharing,
  sharingOf,
} from './size.ts'
import { type LeaseStatement, MAX_LINES } from './statement.ts'
import { leaseEntryId } from './device-lease.ts'
import { applyToPool } from './follow.ts'

export interface LeaseRequest {
  /** What a run needs beyond what the device has: zero for the usual top-up. */
  readonly needed: Credits
  /** The operation it lacks it for; null for any. */
  readonly operation: string | null
}

/**
 * What a device that is in touch gets at `now`: nothing if its lease is large and long enough. What
 * a run needs it gets if the pool has it unleased, whatever its share; otherwise see `recallsFor`.
 * Fails with `device_unknown`, `device_closed`, or `lease_reclaimed` if it must first take up its
 * last statement, report and give back.
 */
export function leaseEntries(
  pool: Pool,
  deviceId: string,
  request: LeaseRequest,
  now: number,
): Result<readonly EntryDraft[]> {
  const found = leasableDevice(pool, deviceId, now)
  if (!found.ok) return found
  const device = found.data
  const sharing = sharingOf(pool, now, deviceId)
  const expiresAt = now + LEASE_TERM
  const advance = advanceGrant(pool, device, sharing.active.length, expiresAt, now)
  const early = advance ? [grantEntry(advance)] : []
  const basket = createBasket(early.reduce(applyToPool, pool), device)

  takeNeeded(basket, request, now)
  takeGeneral(basket, sharing, now)
  takeOthers(basket, sharing, expiresAt, now)
  if (advance) basket.take(advance.id, advance.amount)

  const isLasting = device.version > 0 && device.expiresAt - now >= RENEW_BELOW
  if (basket.isEmpty() && isLasting) return success([])
  return success([...early, basket.entry(expiresAt)])
}

/** The device, if it may be leased anything. */
export function leasableDevice(pool: Pool, deviceId: string, now: number): Result<PoolDevice> {
  const device = pool.devices.get(deviceId)
  if (!device) {
    return failure('device_unknown', 'This machine does not belong to the team. Join it again.', {
      deviceId,
    })
  }
  if (device.closed !== null) {
    const message = 'This machine gets no more credits of the team. Ask an owner or admin.'
    return failure('device_closed', message, { deviceId, reason: device.closed })
  }
  if ([...device.lines].some((line) => isToGiveBack(pool, line, now))) {
    const message = 'This machine was away for long. It gets credits once it has synced.'
    return failure('lease_reclaimed', message, { deviceId })
  }
  return success(device)
}

/**
 * Whether the device must give back what was reclaimed before it gets more. What has ended is not
 * waited for: nobody is leased it again, the device gives it back by itself if it has it, and it
 * may no longer know the grant.
 */
function isToGiveBack(
  { balances }: Pool,
  [grantId, { reclaimed }]: readonly [string, PoolLine],
  now: number,
): boolean {
  const grant = balances.get(grantId)?.grant
  return reclaimed > 0 && grant !== undefined && !hasExpired(grant, now)
}

/** Collects the lines of one lease entry. */
interface Basket {
  readonly pool: Pool
  readonly device: PoolDevice
  /** What it has leased of grants that go by use, with what is in the basket. */
  general(now: number): Credits
  /** How much of a grant could still be taken. */
  most(balance: GrantBalance): Credits
  /** Takes up to `amount` of a grant; returns how much. */
  take(grantId: string, amount: Credits): Credits
  isEmpty(): boolean
  entry(expiresAt: number): EntryDraft
}

/** An empty basket for a device; it takes no more lines than a statement holds. */
export function createBasket(pool: Pool, device: PoolDevice): Basket {
  const taken = new Map<string, Credits>()
  const moves: Moves = createMoves()
  const isLive = (grantId: string) => {
    const { granted, ended } = device.lines.get(grantId) ?? EMPTY_LINE
    return granted > ended
  }
  let lines = [...device.lines.keys()].filter(isLive).length

  function most({ grant, available }: GrantBalance): Credits {
    const inBasket = taken.get(grant.id) ?? ZERO
    const { used } = device.lines.get(grant.id) ?? EMPTY_LINE
    // A device cannot hold more of a grant than it has left to use in its own books.
    const capacity = grant.amount - used - leasedOf(device, grant.id)
    return millicredits(Math.max(0, Math.min(available, capacity) - inBasket))
  }

  return {
    pool,
    device,
    most,
    general(now) {
      let sum = generalLease(pool, device, now)
      for (const [grantId, amount] of taken) {
        const grant = pool.balances.get(grantId)?.grant
        if (grant && isGeneral(grant, now)) sum = addCredits(sum, amount)
      }
      return sum
    },
    take(grantId, amount) {
      const balance = pool.balances.get(grantId)
      const isNew = !taken.has(grantId) && !isLive(grantId)
      if (!balance || (isNew && lines >= MAX_LINES)) return ZERO
      const part = minCredits(amount, most(balance))
      if (part <= 0) return ZERO
      if (isNew) lines += 1
      taken.set(grantId, addCredits(taken.get(grantId) ?? ZERO, part))
      moves.add(grantId, 'available', 'elsewhere', part)
      return part
    },
    isEmpty: () => taken.size === 0,
    entry(expiresAt) {
      const { deviceId } = device
      const version = device.version + 1
      const ids = new Set([...[...device.lines.keys()].filter(isLive), ...taken.keys()])
      const stated = [...ids].map((grantId): LeaseLine => {
        const before = device.lines.get(grantId)?.granted ?? ZERO
        const granted = addCredits(before, taken.get(grantId) ?? ZERO)
        return { grantId, granted, until: lineEnd(pool, grantId) }
      })
      const facts = { kind: 'lease', deviceId, version, expiresAt, lines: stated } as const
      return movingEntry(leaseEntryId(deviceId, version), facts, moves)
    },
  }
}

/** Grants open at `now` and not wholly leased, in the order in which they pay. */
function openBalances(balances: Iterable<GrantBalance>, now: number): readonly GrantBalance[] {
  return [...balances]
    .filter(({ grant, available }) => available > 0 && !hasExpired(grant, now))
    .sort((left, right) => burnOrder(left.grant, right.grant))
}

/** Everything a run needs, or nothing: part of it would help nobody. */
function takeNeeded(basket: Basket, { needed, operation }: LeaseRequest, now: number): void {
  const paying = openBalances(basket.pool.balances.values(), now).filter(
    ({ grant }) => isInForce(grant, now) && paysFor(grant, operation),
  )
  if (addCredits(...paying.map(basket.most)) < needed) return
  takeUpTo(basket, paying, needed)
}

/** Tops up to the device's share once less than the low-water mark is left. */
function takeGeneral(basket: Basket, sharing: Sharing, now: number): void {
  const { pool, device } = basket
  const devices = sharing.active.length
  const part = partOf(generalTotal(pool, sharing, now), devices, dailyUse(device, now))
  const has = basket.general(now)
  if (devices > 1 && has * LOW_WATER_PARTS >= part) return
  const general = openBalances(pool.balances.values(), now).filter(({ grant }) =>
    isGeneral(grant, now),
  )
  takeUpTo(basket, general, subtractCredits(part, minCredits(has, part)))
}

function takeUpTo(basket: Basket, balances: readonly GrantBalance[], amount: Credits): void {
  let left = amount
  for (const { grant } of balances) {
    if (left <= 0) return
    left = subtractCredits(left, basket.take(grant.id, left))
  }
}

/** Its share of what is to come, or pays for some operations only. */
function takeOthers(basket: Basket, sharing: Sharing, expiresAt: number, now: number): void {
  const { pool, device } = basket
  for (const { balances, grantIds, partFor } of sharedGroups(pool, sharing, now)) {
    const part = partFor(device)
    const has = leasedOfAll(device, grantIds)
    if (sharing.active.length > 1 && has * LOW_WATER_PARTS >= part) continue
    const within = openBalances(balances, now).filter(({ grant }) => grant.effectiveAt < expiresAt)
    takeUpTo(basket, within, subtractCredits(part, minCredits(has, part)))
  }
}

/**
 * When a line ends before its grant: at the end of the cycle, if a family may carry over only so
 * much, which the authority works out once everything is back.
 */
function lineEnd({ account, balances }: Pool, grantId: string): number | null {
  const grant: Grant | undefined = balances.get(grantId)?.grant
  if (grant?.family === undefined || grant.cycle === undefined) return null
  const index = Math.max(account.cycle, grant.cycle.index)
  const { endsAt } = cycleOfIndex(opened(account).anchor, index)
  const isCarried = grant.expiresAt === null || endsAt < grant.expiresAt
  return isCarried && rolloverMaximum(account, grant.family, endsAt - 1) !== null ? endsAt : null
}

/**
 * The lease of a device as it stands; null before its first. What was reclaimed is included with an
 * end in the past, so that a device that never received it can take it up and give it back.
 */
export function statementOf(
  pool: Pool,
  accountId: string,
  deviceId: string,
  issuedAt: number,
  entries: number,
): LeaseStatement | null {
  const device = pool.devices.get(deviceId)
  if (!device || device.version === 0) return null
  const { version, expiresAt } = device
  const lines = [...device.lines]
    .filter((entry) => outstanding(entry[1]) > 0 || isToGiveBack(pool, entry, issuedAt))
    .map(([grantId, { granted, reclaimed, until }]): LeaseLine => {
      return { grantId, granted, until: reclaimed > 0 ? 0 : until }
    })
  return { accountId, deviceId, version, issuedAt, expiresAt, entries, lines }
}
