/** How much of a pool each device should have (design: leases). */

import {
  addCredits,
  type Credits,
  millicredits,
  minCredits,
  subtractCredits,
  ZERO,
} from '../credits/amount.ts'
import { type Grant, hasExpired, isInForce, paysFor } from '../credits/grant.ts'
import type { GrantBalance } from '../journal/balance.ts'
import { DAY_MS, FLOOR_PARTS, COVERED_DAYS, USE_DAYS } from './policy.ts'
import { outstanding, type Pool, type PoolDevice } from './pool.ts'

/** A pool's devices at a moment. */
export interface Sharing {
  /** Those that share it: their lease is running, or they are asking for one. */
  readonly active: readonly PoolDevice[]
  readonly others: readonly PoolDevice[]
}

export function sharingOf({ devices }: Pool, now: number, asking: string | null = null): Sharing {
  const active: PoolDevice[] = []
  const others: PoolDevice[] = []
  for (const device of devices.values()) {
    const { deviceId, closed, expiresAt } = device
    const isActive = closed === null && (deviceId === asking || now < expiresAt)
    ;(isActive ? active : others).push(device)
  }
  return { active, others }
}

/** Whether a grant is leased by use: it pays now, and for anything. Others are shared equally. */
export function isGeneral(grant: Grant, now: number): boolean {
  return isInForce(grant, now) && paysFor(grant, null)
}

/** What a device has leased of a grant. */
export function leasedOf({ lines }: PoolDevice, grantId: string): Credits {
  const line = lines.get(grantId)
  return line ? outstanding(line) : ZERO
}

/** What a device has leased of several grants together. */
export function leasedOfAll(device: PoolDevice, grantIds: Iterable<string>): Credits {
  let sum = ZERO
  for (const grantId of grantIds) sum = addCredits(sum, leasedOf(device, grantId))
  return sum
}

/** The grants that are leased by use. */
export function generalGrants({ balances }: Pool, now: number): ReadonlySet<string> {
  const ids = new Set<string>()
  for (const { grant } of balances.values()) if (isGeneral(grant, now)) ids.add(grant.id)
  return ids
}

/** What a device has leased of them. */
export function generalLease(pool: Pool, device: PoolDevice, now: number): Credits {
  return leasedOfAll(device, generalGrants(pool, now))
}

/** What nobody has leased of them. */
export function generalFree({ balances }: Pool, now: number): Credits {
  let sum = ZERO
  for (const { grant, available } of balances.values()) {
    if (isGeneral(grant, now)) sum = addCredits(sum, available)
  }
  return sum
}

/** Both together, without what the `others` of a sharing have. */
export function generalTotal(
  pool: Pool,
  { others }: Pick<Sharing, 'others'>,
  now: number,
): Credits {
  return sharedTotal(pool, generalGrants(pool, now), others)
}

/** What the active devices share of some grants: what is unleased, and what they have. */
export function sharedTotal(
  { balances }: Pool,
  grantIds: readonly string[] | ReadonlySet<string>,
  others: readonly PoolDevice[],
): Credits {
  let sum = ZERO
  for (const grantId of grantIds) {
    const balance = balances.get(grantId)
    // What is elsewhere is with all devices together, so the few that do not count are subtracted.
    if (balance) sum = addCredits(sum, balance.available, balance.elsewhere)
  }
  for (const device of others) sum = subtractCredits(sum, leasedOfAll(device, grantIds))
  return sum
}

/** Grants that do not pay now, or not for everything, leased as if they were one. */
export interface SharedGroup {
  readonly balances: readonly GrantBalance[]
  readonly grantIds: readonly string[]
  /** What the active devices share of them. */
  readonly total: Credits
  /** What a device should have of them. */
  partFor(device: PoolDevice): Credits
}

/**
 * The groups of a pool: what is of a coming cycle is one, whoever it was advanced to, and goes by use
 * as it will then; every other grant is by itself, and goes in equal shares.
 */
export function sharedGroups(
  pool: Pool,
  { active, others }: Sharing,
  now: number,
): readonly SharedGroup[] {
  const open = [...pool.balances.values()].filter(({ grant }) => {
    return !isGeneral(grant, now) && !hasExpired(grant, now)
  })
  const groups = Map.groupBy(open, ({ grant }) => comingCycle(grant, now) ?? grant.id)
  return [...groups.values()].map((balances) => {
    const [first] = balances
    const grantIds = balances.map(({ grant }) => grant.id)
    const total = sharedTotal(pool, grantIds, others)
    const isByUse = first !== undefined && comingCycle(first.grant, now) !== null
    return {
      balances,
      grantIds,
      total,
      partFor: (device) =>
        isByUse
          ? partOf(total, active.length, dailyUse(device, now))
          : equalShare(total, active.length),
    }
  })
}

function comingCycle({ family, cycle, effectiveAt }: Grant, now: number): string | null {
  return cycle && family && effectiveAt > now ? `${family} ${cycle.index}` : null
}

/** A day's use of a device, lately; rounded up. */
export function dailyUse({ use }: PoolDevice, now: number): Credits {
  const today = Math.floor(now / DAY_MS)
  let first: number | null = null
  let sum = ZERO
  for (const { day, spent } of use) {
    if (day <= today - USE_DAYS) continue
    first ??= day
    sum = addCredits(sum, spent)
  }
  if (first === null) return ZERO
  const days = Math.min(USE_DAYS, Math.max(1, today - first + 1))
  return millicredits(Math.ceil(sum / days))
}

/**
 * The share of `total` for a device that uses this much a day, among `devices`: all of it if it is
 * alone, otherwise enough for some days, at most an equal share and never nothing.
 */
export function partOf(total: Credits, devices: number, daily: Credits): Credits {
  if (devices <= 1) return total
  const share = equalShare(total, devices)
  const days = daily * COVERED_DAYS
  return minCredits(share, millicredits(Math.max(days, Math.floor(share / FLOOR_PARTS))))
}

export function equalShare(total: Credits, devices: number): Credits {
  return millicredits(Math.floor(total / devices))
}
