/** What devices are asked to give back when the pool is short. */

import { addCredits, type Credits, minCredits, subtractCredits } from '../credits/amount.ts'
import type { Draw } from '../credits/grant.ts'
import type { LeaseRequest } from './grant-lease.ts'
import type { Recall } from './device-lease.ts'
import { FLOOR_PARTS, LOW_WATER_PARTS, SHORT_PARTS } from './policy.ts'
import type { Pool, PoolDevice } from './pool.ts'
import {
  dailyUse,
  equalShare,
  generalFree,
  generalGrants,
  leasedOf,
  leasedOfAll,
  partOf,
  type SharedGroup,
  sharedGroups,
  sharedTotal,
  type Sharing,
  sharingOf,
} from './size.ts'

/**
 * Whom to ask at `now`, and for how much, largest first; none if the pool has enough unleased.
 * `unmet` is what a device asked for and did not get: then the others keep a day's use, unless
 * everything they could give back would not be enough.
 */
export function recallsFor(
  pool: Pool,
  now: number,
  unmet: (LeaseRequest & { readonly deviceId: string }) | null = null,
): readonly Recall[] {
  const sharing = sharingOf(pool, now, unmet?.deviceId)
  const { active } = sharing
  if (active.length < 2) return []
  const wanted = wantedGroups(pool, sharing, now)
  const free = generalFree(pool, now)
  const general = generalGrants(pool, now)
  const total = sharedTotal(pool, general, sharing.others)
  const isShort = free * SHORT_PARTS < total
  if (!isShort && !unmet && wanted.length === 0) return []

  const holders = active
    .filter(({ deviceId }) => deviceId !== unmet?.deviceId)
    .map((device): Holder => {
      const daily = dailyUse(device, now)
      const has = leasedOfAll(device, general)
      return { device, has, daily, part: partOf(total, active.length, daily) }
    })
  const asked = (isUnmet: boolean) =>
    holders
      .map((holder) => {
        const { device, has } = holder
        const keep = keptBy(holder, { isShort, isUnmet })
        const others = beyondPart(device, wanted)
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

/** A device, what it has leased of the grants that go by use, what it is to have, what it uses a day. */
interface Holder {
  readonly device: PoolDevice
  readonly has: Credits
  readonly part: Credits
  readonly daily: Credits
}

/**
 * A device slightly above its share is left alone, or it would be asked at every run of another.
 */
function keptBy(
  { has, part, daily }: Holder,
  { isShort, isUnmet }: { readonly isShort: boolean; readonly isUnmet: boolean },
): Credits {
  if (isUnmet) return minCredits(minCredits(has, part), daily)
  return isShort && (has - part) * FLOOR_PARTS > part ? part : has
}

/** Groups of which a device has far less than its share, and too little is unleased. */
function wantedGroups(pool: Pool, sharing: Sharing, now: number): readonly SharedGroup[] {
  const { active } = sharing
  return sharedGroups(pool, sharing, now).filter(({ balances, grantIds, total, partFor }) => {
    const free = addCredits(...balances.map(({ available }) => available))
    if (free >= equalShare(total, active.length)) return false
    return active.some((one) => leasedOfAll(one, grantIds) * LOW_WATER_PARTS < partFor(one))
  })
}

/** What a device keeps of each grant of these groups, if it has more than its share of them. */
function beyondPart(device: PoolDevice, groups: readonly SharedGroup[]): readonly Draw[] {
  return groups.flatMap(({ grantIds, partFor }) => {
    let left = partFor(device)
    return grantIds.flatMap((grantId) => {
      const has = leasedOf(device, grantId)
      const amount = minCredits(has, left)
      left = subtractCredits(left, amount)
      return has > amount ? [{ grantId, amount }] : []
    })
  })
}
