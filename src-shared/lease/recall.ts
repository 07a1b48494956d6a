/** What devices are asked to give back when the pool is short. */

import { addCredits, type Credits, subtractCredits } from '../credits/amount.ts'
import { type Draw, hasExpired } from '../credits/grant.ts'
import type { LeaseRequest } from './grant-lease.ts'
import type { Recall } from './device-lease.ts'
import { FLOOR_PARTS, LOW_WATER_PARTS, SHORT_PARTS } from './policy.ts'
import type { Pool, PoolDevice } from './pool.ts'
import {
  activeDevices,
  dailyUse,
  equalShare,
  generalFree,
  generalLease,
  generalTotal,
  isGeneral,
  leasedOf,
  partOf,
  sharedBy,
} from './size.ts'

/**
 * What to ask of whom at `now`, most to give back first; none when the pool has enough unleased.
 * `unmet` is what a device asked for and did not get: then the others keep a day's use, unless all
 * that they could give back would not be enough.
 */
export function recallsFor(
  pool: Pool,
  now: number,
  unmet: (LeaseRequest & { readonly deviceId: string }) | null = null,
): readonly Recall[] {
  const active = activeDevices(pool, now, unmet?.deviceId)
  if (active.length < 2) return []
  const wanted = wantedShares(pool, active, now)
  const free = generalFree(pool, now)
  const total = generalTotal(pool, active, now)
  const isShort = free * SHORT_PARTS < total
  if (!isShort && !unmet && wanted.size === 0) return []

  const asked = (isUnmet: boolean) =>
    active
      .filter(({ deviceId }) => deviceId !== unmet?.deviceId)
      .map((device) => {
        const has = generalLease(pool, device, now)
        const part = partOf(total, active.length, device, now)
        const keep = keptBy(device, has, part, { isShort, isUnmet }, now)
        const others = sharedOthers(device, wanted)
        return {
          recall: { deviceId: device.deviceId, keep, others },
          back: subtractCredits(has, keep),
        }
      })
      .filter(({ recall, back }) => back > 0 || recall.others.length > 0)
      .sort((left, right) => right.back - left.back)

  const forUnmet = unmet ? asked(true) : []
  const most = addCredits(free, ...forUnmet.map(({ back }) => back))
  const isHelp = unmet !== null && most >= unmet.needed
  return (isHelp ? forUnmet : asked(false)).map(({ recall }) => recall)
}

/** A little above its part a device is left alone, or it would be asked at every run of another. */
function keptBy(
  device: PoolDevice,
  has: Credits,
  part: Credits,
  { isShort, isUnmet }: { readonly isShort: boolean; readonly isUnmet: boolean },
  now: number,
): Credits {
  if (isUnmet) return Math.min(has, part, dailyUse(device, now)) as Credits
  return isShort && (has - part) * FLOOR_PARTS > part ? part : has
}

/** An equal share of each grant that is shared alike, where one of the devices has far less than that. */
function wantedShares(
  pool: Pool,
  active: readonly PoolDevice[],
  now: number,
): ReadonlyMap<string, Credits> {
  const shares = new Map<string, Credits>()
  const shared = sharedBy(pool, active)
  for (const balance of pool.balances.values()) {
    const { grant, available } = balance
    if (isGeneral(grant, now) || hasExpired(grant, now)) continue
    const share = equalShare(shared(balance), active.length)
    if (available >= share) continue
    const isWanted = active.some((one) => leasedOf(one, grant.id) * LOW_WATER_PARTS < share)
    if (isWanted) shares.set(grant.id, share)
  }
  return shares
}

/** Of these, what a device has more of. */
function sharedOthers(device: PoolDevice, shares: ReadonlyMap<string, Credits>): readonly Draw[] {
  if (shares.size === 0) return []
  return [...device.lines.keys()].flatMap((grantId) => {
    const share = shares.get(grantId)
    return share !== undefined && leasedOf(device, grantId) > share
      ? [{ grantId, amount: share }]
      : []
  })
}
