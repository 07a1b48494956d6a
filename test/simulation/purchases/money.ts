/** What must be true of money and credits: at any moment, and once all is told. */

import assert from 'node:assert/strict'
import type { BalanceState, GrantBalance } from '#shared/journal/balance.ts'
import type { Purchase } from '#shared/purchase/purchase.ts'
import { type Bought, stayed } from './processor.ts'

/** Millicredits for a cent, of every pack that is bought here. */
const CREDITS_PER_CENT = 250

const sum = (amounts: readonly number[]) => amounts.reduce((all, amount) => all + amount, 0)

/** At any moment nobody has, or has used, more than was paid. */
export function holdsNoMore(accountId: string, bought: readonly Bought[], balances: BalanceState) {
  const packs = [...balances.values()].filter(({ grant }) => grant.source === 'pack')
  const have = sum(packs.map(({ grant, expired }) => grant.amount - expired))
  const paid = sum(bought.map(({ payments, total }) => payments.size * total))
  assert.ok(have <= paid * CREDITS_PER_CENT, `${accountId} has more than was paid`)
}

/**
 * Once all is told and given back: what is left of a purchase is what the money that stayed stands for,
 * less what was spent, to the cent. What was spent beyond that is the seller's loss, as used credits are
 * not reversed; it is at most what was paid once. Gives that loss, in millicredits.
 */
export function lossOf(one: Bought, purchase: Purchase, balances: BalanceState): number {
  const parts = [...balances.values()].filter(({ grant: { id } }) => isOf(purchase.id, id))
  const of = (bucket: Exclude<keyof GrantBalance, 'grant'>) =>
    sum(parts.map((part) => part[bucket]))
  assert.equal(of('elsewhere') + of('held'), 0, 'all is back')
  const [left, spent] = [of('available'), of('spent')]
  const money = stayed(one) * CREDITS_PER_CENT
  const due = Math.max(0, money - spent)
  const story = `${one.id}: ${left} left, ${spent} spent, ${money} paid for`
  // Of what the buyer gave back less than a cent is not sent: so much less may be left each time.
  const asked = purchase.facts.takenBack.filter(({ id }) => id.startsWith('refund-')).length
  assert.ok(left <= due && due - left <= asked * CREDITS_PER_CENT, story)
  assert.ok(left + spent <= one.total * CREDITS_PER_CENT, story)
  return Math.max(0, spent - money)
}

const isOf = (purchaseId: string, grantId: string) =>
  grantId.startsWith(`purchase:${purchaseId}`) || grantId.startsWith(`back:${purchaseId}:`)

/** What auto-refill took in a calendar month is never above its limit. */
export function keepsLimit(bought: readonly Bought[], limit: number): void {
  const months = new Map<string, number>()
  for (const { by, at, payments, total } of bought) {
    if (by !== 'auto-refill' || payments.size === 0) continue
    const month = new Date(at).toISOString().slice(0, 7)
    months.set(month, (months.get(month) ?? 0) + total)
  }
  for (const [month, total] of months)
    assert.ok(total <= limit, `auto-refill of ${month}: ${total}`)
}
