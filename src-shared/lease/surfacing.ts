/**
 * Pays spending that surfaces after its lease was taken back: from what is left of that very grant,
 * then from the pool in burn order; the rest is debt (design: leases). Keeps count while records
 * are accounted for.
 */

import {
  addCredits,
  type Credits,
  millicredits,
  minCredits,
  subtractCredits,
  ZERO,
} from '../credits/amount.ts'
import { availableAt, drawFrom } from '../credits/burn-down.ts'
import { hasExpired } from '../credits/grant.ts'
import type { GrantBalance } from '../journal/balance.ts'
import type { Moves } from './moves.ts'
import type { Pool } from './pool.ts'

type Source = 'available' | 'expired'

export interface Surfacing {
  /** More came into a bucket meanwhile. */
  note(grantId: string, bucket: Source, amount: Credits): void
  /**
   * Pays an amount that was spent of a grant. With `wakes`, also from what of it expired unspent
   * only because the device's report had not arrived.
   */
  pay(grantId: string, amount: Credits, wakes: boolean): void
  totals(): { readonly surfaced: Credits; readonly debt: Credits }
}

export function createSurfacing(pool: Pool, moves: Moves, now: number): Surfacing {
  const changed: Record<Source, Map<string, number>> = { available: new Map(), expired: new Map() }
  let surfaced = ZERO
  let debt = ZERO

  const change = (grantId: string, bucket: Source, amount: number) => {
    changed[bucket].set(grantId, (changed[bucket].get(grantId) ?? 0) + amount)
  }
  const leftIn = ({ grant, ...balance }: GrantBalance, bucket: Source) =>
    millicredits(balance[bucket] + (changed[bucket].get(grant.id) ?? 0))

  function take(grantId: string, bucket: Source, amount: Credits): void {
    moves.add(grantId, bucket, 'spent', amount)
    change(grantId, bucket, -amount)
  }

  /** Takes as much as possible from one bucket of a grant; returns what is left to pay. */
  function takeOwn(balance: GrantBalance, bucket: Source, amount: Credits): Credits {
    const part = minCredits(amount, leftIn(balance, bucket))
    take(balance.grant.id, bucket, part)
    return subtractCredits(amount, part)
  }

  function takeAnywhere(amount: Credits): Credits {
    const payers = [...pool.balances.values()].map((balance) => {
      return { grant: balance.grant, available: leftIn(balance, 'available') }
    })
    const part = minCredits(amount, availableAt(payers, now))
    const drawn = drawFrom(payers, part, now)
    if (!drawn.ok) throw new Error('What is available could not be drawn')
    for (const draw of drawn.draws) take(draw.grantId, 'available', draw.amount)
    return subtractCredits(amount, part)
  }

  return {
    note: change,
    pay(grantId, amount, wakes) {
      surfaced = addCredits(surfaced, amount)
      const own = pool.balances.get(grantId)
      let left = amount
      if (own) left = takeOwn(own, 'available', left)
      if (own && wakes && mayWake(pool, own, now)) left = takeOwn(own, 'expired', left)
      if (left > 0) left = takeAnywhere(left)
      debt = addCredits(debt, left)
    },
    totals: () => ({ surfaced, debt }),
  }
}

/** What expired in time may have been spent before; what was taken back for good was not. */
function mayWake({ account }: Pool, { grant }: GrantBalance, now: number): boolean {
  if (account.closed.has(grant.id)) return false
  return hasExpired(grant, now) || (grant.cycle?.index ?? Infinity) < account.cycle
}
