/**
 * Auto-refill: buys with the saved card once the pool is low (conformance: coding-agent 3). Decided
 * here from facts alone, so that neither a client that miscounts nor two servers at once can buy
 * twice.
 */

import type { BalanceState } from '../journal/balance.ts'
import { addCredits, type Credits, ZERO } from '../credits/amount.ts'
import { isInForce } from '../credits/grant.ts'
import type { Money } from '../credits/money.ts'
import type { Contest, PurchaseState } from './purchase.ts'

export interface AutoRefillSettings {
  readonly enabled: boolean
  /** Buys when less than this is left. */
  readonly threshold: Credits
  readonly offerId: string
  readonly quantity: number
  /** Never more than this in a calendar month of the account, pending attempts included. */
  readonly monthlyLimit: Money
  /** When it was switched on or changed: earlier refusals no longer count. */
  readonly changedAt: number
}

/** An earlier auto-refill. */
export interface RefillAttempt {
  readonly at: number
  readonly state: PurchaseState
  readonly contest: Contest
  readonly price: Money
}

export const REFILL_REASONS = [
  'off',
  'enough',
  'no_card',
  'not_possible',
  'in_progress',
  'disputed',
  'cooling_down',
  'declined',
  'stopped',
  'monthly_limit',
] as const
export type RefillReason = (typeof REFILL_REASONS)[number]

export type RefillDecision =
  | { readonly act: 'buy' }
  /** `until`: when to look again; null when something has to change first. */
  | { readonly act: 'wait'; readonly reason: RefillReason; readonly until: number | null }

export interface RefillSituation {
  readonly settings: AutoRefillSettings
  /** See `remainingOf`. */
  readonly remaining: Credits
  readonly hasCard: boolean
  /** What it would cost now; null where the plan or the catalog no longer sells it. */
  readonly price: Money | null
  /** Auto-refills of this account, in any order: at least those of the month and the last four. */
  readonly attempts: readonly RefillAttempt[]
  readonly month: { readonly startsAt: number; readonly endsAt: number }
  readonly now: number
}

const MINUTE = 60_000
/** After one that was paid: its credits may still be on their way to the machines. */
export const COOL_DOWN_MS = 10 * MINUTE
/** After the first, second … refusal in a row; then it stops until the person looks at it. */
export const BACK_OFF_MS = [60 * MINUTE, 6 * 60 * MINUTE, 24 * 60 * MINUTE] as const

/**
 * What is left of the pool wherever it is: here, held by runs, leased to devices. Overage does not
 * count, and neither does what may pay only for some operations.
 */
export function remainingOf(balances: BalanceState, now: number): Credits {
  return [...balances.values()]
    .filter(({ grant }) => isInForce(grant, now))
    .filter(({ grant }) => grant.source !== 'overage' && grant.operations === undefined)
    .reduce(
      (sum, { available, held, elsewhere }) => addCredits(sum, available, held, elsewhere),
      ZERO,
    )
}

/** Whether to buy now, and if not, why not. */
export function decideRefill(situation: RefillSituation): RefillDecision {
  const { settings, remaining, hasCard, price, now } = situation
  const attempts = situation.attempts.toSorted((left, right) => right.at - left.at)
  if (!settings.enabled) return wait('off')
  if (attempts.some(({ contest }) => contest === 'open')) return wait('disputed')
  const since = settings.changedAt
  if (attempts.some(({ at, contest }) => contest === 'lost' && at >= since)) return wait('stopped')
  if (attempts.some(({ state }) => PENDING.has(state))) return wait('in_progress')
  if (remaining >= settings.threshold) return wait('enough')
  if (!hasCard) return wait('no_card')
  if (!price) return wait('not_possible')
  const refused = refusalsInARow(attempts, since)
  const [last] = attempts
  if (last && refused > 0) {
    const pause = BACK_OFF_MS[refused - 1]
    if (pause === undefined) return wait('stopped')
    if (now < last.at + pause) return wait('declined', last.at + pause)
  }
  const lastBought = attempts.find(({ state }) => BOUGHT.has(state))
  if (lastBought && now < lastBought.at + COOL_DOWN_MS) {
    return wait('cooling_down', lastBought.at + COOL_DOWN_MS)
  }
  if (!fitsLimit(situation, price)) return wait('monthly_limit', situation.month.endsAt)
  return { act: 'buy' }
}

const wait = (reason: RefillReason, until: number | null = null): RefillDecision => ({
  act: 'wait',
  reason,
  until,
})

const PENDING: ReadonlySet<PurchaseState> = new Set(['created', 'pending', 'paid'])
const BOUGHT: ReadonlySet<PurchaseState> = new Set(['granted', 'refunded', 'disputed'])
/** States that took money, or still may. */
const COUNTS: ReadonlySet<PurchaseState> = new Set([...PENDING, ...BOUGHT])

/** Refusals since the last one that went through or since the settings were changed. */
function refusalsInARow(attempts: readonly RefillAttempt[], since: number): number {
  const recent = attempts.filter(({ at }) => at >= since)
  const end = recent.findIndex(({ state }) => state !== 'declined')
  return end === -1 ? recent.length : end
}

/** What auto-refill has bought or may still be charged for in the month. */
export function refilledIn(
  { attempts, month }: Pick<RefillSituation, 'attempts' | 'month'>,
  currency: string,
): number {
  return attempts
    .filter(({ at, state }) => month.startsAt <= at && at < month.endsAt && COUNTS.has(state))
    .filter(({ price }) => price.currency === currency)
    .reduce((sum, { price }) => sum + price.amount, 0)
}

function fitsLimit(situation: RefillSituation, price: Money): boolean {
  const { monthlyLimit } = situation.settings
  if (monthlyLimit.currency !== price.currency) return false
  return refilledIn(situation, price.currency) + price.amount <= monthlyLimit.amount
}
