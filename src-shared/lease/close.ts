/** How leases end: taken back, closed for good, or taken home. */

import type { AccountState } from '../account/account.ts'
import { EMPTY_ACCOUNT } from '../account/account.ts'
import { packAccount } from '../account/snapshot.ts'
import { returnedAt } from '../account/state.ts'
import { catalogAt, opened } from '../account/terms.ts'
import { subtractCredits } from '../credits/amount.ts'
import { hasExpired } from '../credits/grant.ts'
import type { AccountSnapshot } from '../journal/account-snapshot.ts'
import type { EntryDraft, EntryFacts } from '../journal/journal.ts'
import { failure, type Result, success } from '../result.ts'
import { deviceOf } from './follow.ts'
import { createBasket, leasableDevice } from './grant-lease.ts'
import { createMoves, movingEntry } from './moves.ts'
import { NO_END } from './policy.ts'
import { outstanding, type Pool } from './pool.ts'

/** Takes back all that a device has outstanding; no entries if it has nothing. */
export function reclaimEntries(
  pool: Pool,
  deviceId: string,
  reason: 'expired' | 'revoked' | 'lost',
  now: number,
): readonly EntryDraft[] {
  const device = deviceOf(pool, deviceId)
  const kept = returnedAt(pool, now)
  const moves = createMoves()
  for (const [grantId, line] of device.lines) {
    const amount = outstanding(line)
    if (amount === 0) continue
    const back = kept(grantId, amount)
    moves.add(grantId, 'elsewhere', 'available', back)
    moves.add(grantId, 'elsewhere', 'expired', subtractCredits(amount, back))
  }
  if (moves.postings().length === 0) return []
  const version = device.version + 1
  const facts = { kind: 'reclaim', deviceId, version, reason } as const
  return [movingEntry(`reclaim:${deviceId}:${version}`, facts, moves)]
}

/**
 * Stops leasing to a device and takes back what it has outstanding at once. What it spent and
 * reports later is still accounted for. Fails with `device_unknown`; closing twice is not an error.
 */
export function closeDeviceEntries(
  pool: Pool,
  deviceId: string,
  reason: 'revoked' | 'lost' | 'copied',
  now: number,
): Result<readonly EntryDraft[]> {
  const device = pool.devices.get(deviceId)
  if (!device) {
    return failure('device_unknown', 'There is no such machine in the team.', { deviceId })
  }
  if (device.closed !== null) return success([])
  const reclaimed = reclaimEntries(pool, deviceId, reason === 'lost' ? 'lost' : 'revoked', now)
  return success([...reclaimed, closedEntry(deviceId, { reason })])
}

export const closedEntryId = (deviceId: string) => `device-closed:${deviceId}`

function closedEntry(
  deviceId: string,
  how: Omit<Extract<EntryFacts, { kind: 'device-closed' }>, 'kind' | 'deviceId'>,
): EntryDraft {
  const facts = { kind: 'device-closed', deviceId, ...how } as const
  return { id: closedEntryId(deviceId), facts, postings: [] }
}

/**
 * Lets a device leave that has reported and returned everything: it gets a last lease without end
 * of what its member brought and nobody spent; with `dissolves`, of everything the pool has. Fails
 * with `device_unknown`, `device_closed`, `lease_reclaimed` or `leave_returns_first`.
 */
export function leaveEntries(
  pool: Pool,
  deviceId: string,
  dissolves: boolean,
  now: number,
): Result<readonly EntryDraft[]> {
  const found = leasableDevice(pool, deviceId, now)
  if (!found.ok) return found
  const device = found.data
  if ([...device.lines.values()].some((line) => outstanding(line) > 0)) {
    const message =
      'The machine must sync what it spent before it leaves. Connect it and try again.'
    return failure('leave_returns_first', message, { deviceId })
  }
  const brought = new Set(
    [...pool.devices.values()]
      .filter(({ memberId }) => memberId === device.memberId)
      .flatMap((one) => one.brought?.grantIds ?? []),
  )
  const basket = createBasket(pool, device)
  for (const { grant, available } of pool.balances.values()) {
    if (hasExpired(grant, now) || !(dissolves || brought.has(grant.id))) continue
    basket.take(grant.id, available)
  }
  const how = { reason: 'left', ...(dissolves && { dissolves }) } as const
  return success([basket.entry(NO_END), closedEntry(deviceId, how)])
}

/**
 * The account a device continues with on its own: with `dissolves` the pool's; otherwise the one it
 * came with or, if that lives on here or it came with none, a new one on the default plan.
 */
export function homeAccount(
  pool: Pool,
  deviceId: string,
  dissolves: boolean,
  now: number,
): AccountSnapshot {
  if (dissolves) return packAccount(pool.account)
  const { id, anchor } = opened(pool.account)
  const home = deviceOf(pool, deviceId).brought?.account
  if (home?.account && home.account.id !== id) return home
  const { defaultPlan } = catalogAt(pool.account, now)
  const fresh: AccountState = {
    ...EMPTY_ACCOUNT,
    account: { id: `${id}:${deviceId}`, anchor: { startsAt: now, timeZone: anchor.timeZone } },
    plans: [{ planId: defaultPlan, seats: 1, from: now }],
  }
  return packAccount(fresh)
}
