/**
 * The grants that may pay until something changes, and what was spent of them, so that many runs
 * need only one change of the books. Gives the same as drawing each run by itself
 * (credits/burn-down.ts), but faster.
 */

import { burnOrder } from '../credits/burn-down.ts'
import { type Credits, millicredits } from '../credits/amount.ts'
import { isInForce, paysFor } from '../credits/grant.ts'
import type { BalanceState, GrantBalance } from '../journal/balance.ts'

interface Payer {
  readonly balance: GrantBalance
  left: number
}

export interface Purse {
  /** Loads the books at `at`; valid until the next moment at which a grant begins or ends. */
  fill(balances: Iterable<GrantBalance>, at: number, cycleEndsAt: number): void
  /** The first moment at which it must be filled again. */
  until(): number
  /** What may be spent on an operation: without overage, and with it. */
  available(operation: string): { readonly own: Credits; readonly all: Credits }
  /** Spends what is available. */
  spend(operation: string, amount: Credits): { readonly overage: Credits }
  /** The books with what was spent since it was filled, without the grants that are used up. */
  emptyInto(balances: BalanceState): BalanceState
}

export function createPurse(): Purse {
  let payers: readonly Payer[] = []
  let end = Number.POSITIVE_INFINITY

  return {
    fill(balances, at, cycleEndsAt) {
      const found: Payer[] = []
      end = cycleEndsAt
      for (const balance of balances) {
        const { grant, available } = balance
        if (available <= 0) continue
        if (grant.effectiveAt > at) end = Math.min(end, grant.effectiveAt)
        if (grant.expiresAt !== null && grant.expiresAt > at) end = Math.min(end, grant.expiresAt)
        if (isInForce(grant, at)) found.push({ balance, left: available })
      }
      payers = found.sort((left, right) => burnOrder(left.balance.grant, right.balance.grant))
    },
    until: () => end,
    available(operation) {
      let own = 0
      let overage = 0
      for (const { balance, left } of payers) {
        if (left === 0 || !paysFor(balance.grant, operation)) continue
        if (balance.grant.source === 'overage') overage += left
        else own += left
      }
      return { own: millicredits(own), all: millicredits(own + overage) }
    },
    spend(operation, amount) {
      let missing: number = amount
      let overage = 0
      for (const payer of payers) {
        if (missing === 0) break
        if (payer.left === 0 || !paysFor(payer.balance.grant, operation)) continue
        const part = Math.min(payer.left, missing)
        payer.left -= part
        missing -= part
        if (payer.balance.grant.source === 'overage') overage += part
      }
      if (missing !== 0) throw new Error('More was spent than is available')
      return { overage: millicredits(overage) }
    },
    emptyInto(balances) {
      const next = new Map(balances)
      for (const { balance, left } of payers) {
        const spent = balance.available - left
        if (spent === 0) continue
        if (left === 0) {
          next.delete(balance.grant.id)
          continue
        }
        next.set(balance.grant.id, {
          ...balance,
          available: millicredits(left),
          spent: millicredits(balance.spent + spent),
        })
      }
      payers = []
      return next
    },
  }
}
