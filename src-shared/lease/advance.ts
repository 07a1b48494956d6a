/**
 * Part of the next cycle's allowance, given ahead of time to one device, so that its runs continue
 * at the reset even if it is cut off. At the start of the cycle the plan gives that much less.
 */

import { openGrants } from '../account/conform.ts'
import { PLAN_FAMILY, planGrant, planGrantId } from '../account/cycle-grants.ts'
import { cycleOfIndex } from '../account/cycle.ts'
import { opened, termsAt } from '../account/terms.ts'
import { addCredits, minCredits, subtractCredits } from '../credits/amount.ts'
import type { Grant } from '../credits/grant.ts'
import type { Pool, PoolDevice } from './pool.ts'
import { dailyUse, partOf } from './size.ts'

/**
 * What a device whose lease ends at `expiresAt` is given in advance; null when its lease ends before
 * the next cycle begins, it was given its part, or nothing is left to give. Debt is paid first.
 */
export function advanceGrant(
  pool: Pool,
  device: PoolDevice,
  devices: number,
  expiresAt: number,
  now: number,
): Grant | null {
  const { account, balances, debt } = pool
  if (account.cycle < 0) return null
  const next = cycleOfIndex(opened(account).anchor, account.cycle + 1)
  if (next.startsAt >= expiresAt) return null
  const terms = termsAt(account, next.startsAt)
  const part = `advance:${device.deviceId}`
  if (balances.has(planGrantId(account, terms.plan.id, next, part))) return null
  const given = openGrants(pool, PLAN_FAMILY, next).map(({ grant }) => grant.amount)
  const taken = addCredits(debt, ...given)
  const left = subtractCredits(terms.allowance, minCredits(terms.allowance, taken))
  const amount = minCredits(left, partOf(terms.allowance, devices, dailyUse(device, now)))
  if (amount === 0) return null
  return planGrant(account, terms, next, next.startsAt, amount, part)
}
