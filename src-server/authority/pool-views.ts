/** A pool as people see it. */

import { addCredits } from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import { outstanding, type Pool } from '#shared/lease/pool.ts'
import { generalLease } from '#shared/lease/size.ts'
import type { DeviceLeaseView, PoolState } from '#shared/team/api.ts'

/**
 * What may pay now. The next cycle's credits, leased in advance, are not yet the team's; what
 * somebody left with is so no longer.
 */
export function summaryOf(pool: Pool, now: number): PoolState {
  const { balances, debt } = pool
  const leased = addCredits(
    ...[...pool.devices.values()]
      .filter(({ closed }) => closed !== 'left')
      .map((device) => generalLease(pool, device, now)),
  )
  return { available: availableAt(balances.values(), now), leased, debt }
}

/** Each machine's lease, of those that ever had one. */
export function leasesOf({ devices }: Pool): ReadonlyMap<string, DeviceLeaseView> {
  const views = new Map<string, DeviceLeaseView>()
  for (const { deviceId, version, expiresAt, lines } of devices.values()) {
    if (version === 0 && lines.size === 0) continue
    const all = [...lines.values()]
    views.set(deviceId, {
      outstanding: addCredits(...all.map(outstanding)),
      expiresAt,
      reclaimed: addCredits(...all.map(({ reclaimed }) => reclaimed)),
    })
  }
  return views
}
