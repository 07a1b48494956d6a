/** How much of a pool each device is to have (design: leases). */

import {
  addCredits,
  type Credits,
  millicredits,
  minCredits,
  subtractCredits,
  ZERO,
} from '../credits/amount.ts'
import { type Grant, isInForce, paysFor } from '../credits/grant.ts'
import type { GrantBalance } from '../journal/balance.ts'
import { DAY_MS, FLOOR_PARTS, LEASE_DAYS, USE_DAYS } from './policy.ts'
import { outstanding, type Pool, type PoolDevice } from './pool.ts'

/** The devices a pool is shared by: those whose lease runs, and the one that asks. */
export function activeDevices(
  { devices }: Pool,
  now: number,
  asking: string | null = null,
): readonly PoolDevice[] {
  return [...devices.values()].filter(
    ({ deviceId, closed, expiresAt }) =>
      closed === null && (deviceId === asking || now < expiresAt),
  )
}

/** Whether leases of a grant go by use: it pays now, and for anything. Others are shared alike. */
export function isGeneral(grant: Grant, now: number): boolean {
  return isInForce(grant, now) && paysFor(grant, null)
}

/** What a device has leased of a grant. */
export function leasedOf({ lines }: PoolDevice, grantId: string): Credits {
  const line = lines.get(grantId)
  return line ? outstanding(line) : ZERO
}

/** What a device has leased of the grants that go by use. */
export function generalLease({ balances }: Pool, device: PoolDevice, now: number): Credits {
  let sum = ZERO
  for (const [grantId, line] of device.lines) {
    const left = outstanding(line)
    if (left === 0) continue
    const grant = balances.get(grantId)?.grant
    if (grant && isGeneral(grant, now)) sum = addCredits(sum, left)
  }
  return sum
}

/** What nobody has leased of them. */
export function generalFree({ balances }: Pool, now: number): Credits {
  let sum = ZERO
  for (const { grant, available } of balances.values()) {
    if (isGeneral(grant, now)) sum = addCredits(sum, available)
  }
  return sum
}

/** Both together, of the devices given. */
export function generalTotal(pool: Pool, active: readonly PoolDevice[], now: number): Credits {
  let sum = ZERO
  for (const { grant, available, elsewhere } of pool.balances.values()) {
    if (isGeneral(grant, now)) sum = addCredits(sum, available, elsewhere)
  }
  for (const device of othersThan(active, pool)) {
    sum = subtractCredits(sum, generalLease(pool, device, now))
  }
  return sum
}

/** Tells how much of a grant the `active` devices share: what nobody has leased, and what they have. */
export function sharedBy(
  pool: Pool,
  active: readonly PoolDevice[],
): (balance: GrantBalance) => Credits {
  const others = othersThan(active, pool)
  return ({ grant, available, elsewhere }) => {
    const theirs = others.map((device) => leasedOf(device, grant.id))
    return subtractCredits(addCredits(available, elsewhere), addCredits(...theirs))
  }
}

/** Few: what is elsewhere is with all devices together, so it is they who are counted. */
function othersThan(active: readonly PoolDevice[], { devices }: Pool): readonly PoolDevice[] {
  if (active.length === devices.size) return []
  const counted = new Set(active.map(({ deviceId }) => deviceId))
  return [...devices.values()].filter(({ deviceId }) => !counted.has(deviceId))
}

/** A day's use of a device, lately; rounded up. */
export function dailyUse({ use }: PoolDevice, now: number): Credits {
  const today = Math.floor(now / DAY_MS)
  const recent = use.filter(({ day }) => day > today - USE_DAYS)
  const [first] = recent
  if (!first) return ZERO
  const days = Math.min(USE_DAYS, Math.max(1, today - first.day + 1))
  return millicredits(Math.ceil(addCredits(...recent.map(({ spent }) => spent)) / days))
}

/**
 * A device's part of `total` that `devices` share: all of it where it is alone, otherwise enough for
 * some days of its use, at most an equal share and never nothing.
 */
export function partOf(total: Credits, devices: number, device: PoolDevice, now: number): Credits {
  if (devices <= 1) return total
  const share = equalShare(total, devices)
  const days = dailyUse(device, now) * LEASE_DAYS
  return minCredits(share, millicredits(Math.max(days, Math.floor(share / FLOOR_PARTS))))
}

export function equalShare(total: Credits, devices: number): Credits {
  return millicredits(Math.floor(total / devices))
}
