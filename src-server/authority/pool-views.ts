/** The pool as shown to people. */

import { addCredits, subtractCredits } from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import { outstanding, type Pool } from '#shared/lease/pool.ts'
import { generalLease } from '#shared/lease/size.ts'
import type { DeviceLeaseView, PoolState } from '#shared/team/api.ts'

/**
 * What may pay now. The next cycle's credits, leased in advance, are not the team's yet; what
 * somebody left with no longer is.
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

/** Each machine's lease at `now`, of those that ever had one. */
export function leasesOf(
  { balances, devices }: Pool,
  now: number,
): ReadonlyMap<string, DeviceLeaseView> {
  const views = new Map<string, DeviceLeaseView>()
  for (const { deviceId, version, expiresAt, lines } of devices.values()) {
    if (version === 0 && lines.size === 0) continue
    const all = [...lines.values()]
    const isToCome = (grantId: string) => (balances.get(grantId)?.grant.effectiveAt ?? 0) > now
    const later = [...lines].filter(([grantId]) => isToCome(grantId)).map(([, line]) => line)
    const toCome = addCredits(...later.map(outstanding))
    views.set(deviceId, {
      outstanding: subtractCredits(addCredits(...all.map(outstanding)), toCome),
      toCome,
      expiresAt,
      reclaimed: addCredits(...all.map(({ reclaimed }) => reclaimed)),
    })
  }
  return views
}
