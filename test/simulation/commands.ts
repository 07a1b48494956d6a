/** What people do to an account, as rules on its pool: the same whoever runs them. */

import { adjustmentEntry, overrideEntry } from '#shared/account/open.ts'
import { changePlan } from '#shared/account/plan-change.ts'
import { quotePurchase } from '#shared/account/purchase-quote.ts'
import { purchaseEntries } from '#shared/account/purchase.ts'
import { endSubscription } from '#shared/account/subscription.ts'
import { millicredits, ZERO } from '#shared/credits/amount.ts'
import type { Draw } from '#shared/credits/grant.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import type { Pool } from '#shared/lease/pool.ts'
import { poolRefundEntries } from '#shared/lease/refund.ts'
import { type Result, success } from '#shared/result.ts'
import { DAY, type Step } from './steps.ts'

/** Done once for its id, however often it is asked for. */
export interface Command {
  readonly id: string
  /** Whether an entry of the journal says that it was done. */
  isDone(has: (entryId: string) => boolean, accountId: string): boolean
  rule(pool: Pool, now: number): Result<readonly EntryDraft[]>
}

/** A charge that may be made good, and what was made good of it already. */
export interface Paid {
  readonly operationId: string
  readonly draws: readonly Draw[]
  readonly refunded: number
}

type Of<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>
export type CommandStep = Of<
  'buy' | 'unsubscribe' | 'gift' | 'refund' | 'plan' | 'override' | 'caretaker'
>

/** The command of a step; null where there is nothing to do it to. */
export function commandOf(step: CommandStep, id: string, paid: readonly Paid[]): Command | null {
  switch (step.kind) {
    case 'caretaker':
      return { id, isDone: () => false, rule: () => success([]) }
    case 'buy':
      return buying(step, id)
    case 'unsubscribe':
      return {
        id,
        isDone: () => false,
        rule(pool) {
          const all = [...pool.account.subscriptions.keys()]
          const subscription = all[step.which % Math.max(1, all.length)]
          return subscription ? endSubscription(pool, subscription) : success([])
        },
      }
    case 'gift':
      return {
        id,
        isDone: (has, accountId) => has(`grant:adjustment:${accountId}:by-hand:${id}`),
        rule(pool, now) {
          const expiresAt = now + step.days * DAY
          const amount = millicredits(step.amount)
          const gift = { id, source: 'adjustment', amount, expiresAt, label: 'Sorry' } as const
          return success([adjustmentEntry(pool.account, gift, now)])
        },
      }
    case 'refund': {
      const charge = paid[step.which % Math.max(1, paid.length)]
      if (!charge) return null
      const total = charge.draws.reduce((sum, { amount }) => sum + amount, 0)
      const amount = millicredits(Math.ceil(((total - charge.refunded) * step.share) / 100))
      const request = {
        ...{ refundId: id, operationId: charge.operationId, paid: charge.draws, amount },
        ...{ refunded: millicredits(charge.refunded), reason: 'It was wrong' },
      }
      return {
        id,
        isDone: (has) => has(`refund:${id}`),
        rule: (pool, now) => poolRefundEntries(pool, request, now),
      }
    }
    case 'plan': {
      const choice = { changeId: id, planId: `plan-${step.plan}`, seats: step.seats }
      return {
        id,
        isDone: (has) => has(`account:plan:${id}`),
        rule(pool, now) {
          const changed = changePlan(pool, choice, now)
          return changed.ok ? success(changed.data.entries) : changed
        },
      }
    }
    case 'override':
      return {
        id,
        isDone: (has) => has(`account:override:${id}`),
        rule(_pool, now) {
          const from = now + step.days * DAY
          const allowance = millicredits(step.allowance)
          const until = from + 50 * DAY
          return success([overrideEntry(id, { id, name: 'By agreement', from, until, allowance })])
        },
      }
  }
}

function buying({ offer: offerId, quantity, code: promoCode }: Of<'buy'>, id: string): Command {
  const many = offerId === 'pack' ? 1 : quantity
  const request = { purchaseId: id, offerId, quantity: many, promoCode }
  return {
    id,
    isDone: (has) => has(`grant:purchase:${id}`) || has(`account:add-on:${id}`),
    rule(pool, now) {
      const quoted = quotePurchase(pool, request, ZERO, now)
      return quoted.ok ? success(purchaseEntries(pool, id, quoted.data, now)) : quoted
    },
  }
}
