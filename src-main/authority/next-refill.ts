import type { AccountState } from '#shared/account/account.ts'
import { type Cycle, nextCycle } from '#shared/account/cycle.ts'
import { renewalGrant } from '#shared/account/cycle-grants.ts'
import { opened, termsAt } from '#shared/account/terms.ts'
import { addCredits, type Credits } from '#shared/credits/amount.ts'

/** What the cycle after `cycle` brings: the plan's allowance, and add-ons that renew. */
export function refillAfter(
  account: AccountState,
  cycle: Cycle,
): { readonly at: number; readonly amount: Credits } {
  const next = nextCycle(opened(account).anchor, cycle)
  const { allowance } = termsAt(account, next.startsAt)
  const added = [...account.subscriptions.values()]
    .map((one) => renewalGrant(account, one, next)?.amount)
    .filter((amount) => amount !== undefined)
  return { at: next.startsAt, amount: addCredits(allowance, ...added) }
}
