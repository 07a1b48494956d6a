/**
 * Alerts: thresholds that announce when credits run low, once each time they are crossed, and when
 * there are enough again (design: alerts).
 */

import type { AlertRule } from '../catalog/policies.ts'
import { addCredits, type Credits, ZERO } from '../credits/amount.ts'
import { isInForce } from '../credits/grant.ts'
import type { GrantBalance } from '../journal/balance.ts'

/**
 * What the thresholds are measured against. The cycle's credits are what it has used plus what is
 * left, wherever that comes from: the plan, packs, what was carried over. So any grant lowers the
 * share that is used, and a new cycle begins with none used.
 */
export interface CreditLevel {
  /** Charged to runs of this cycle. */
  readonly used: Credits
  /** What may be spent without overage, including what open runs hold: a hold is not spent yet. */
  readonly left: Credits
}

/** What is left to spend at `now`. */
export function creditsLeft(balances: Iterable<GrantBalance>, now: number): Credits {
  let left = ZERO
  for (const { grant, available, held } of balances) {
    if (grant.source === 'overage') continue
    left = addCredits(left, isInForce(grant, now) ? available : ZERO, held)
  }
  return left
}

/** The ids of the alerts that were announced and have not recovered. Plain JSON. */
export type Told = readonly string[]

export interface AlertChanges {
  /** Crossed now, the mildest first. */
  readonly fired: readonly AlertRule[]
  /** The ids of those that were announced and no longer hold, or whose rule is gone. */
  readonly recovered: readonly string[]
  readonly told: Told
}

/** Which alerts fire and which recover at a level, given those already announced. */
export function nextAlerts(
  rules: readonly AlertRule[],
  level: CreditLevel,
  told: Told,
): AlertChanges {
  const holding = rules.filter((rule) => isCrossed(rule, level))
  const fired = holding.filter(({ id }) => !told.includes(id)).sort(bySeverity)
  const recovered = told.filter((id) => !holding.some((rule) => rule.id === id))
  const kept = told.filter((id) => !recovered.includes(id))
  return { fired, recovered, told: [...kept, ...fired.map(({ id }) => id)] }
}

/** Whether a threshold is reached: so much used or more, so much left or less. */
export function isCrossed(rule: AlertRule, { used, left }: CreditLevel): boolean {
  if (rule.kind === 'left') return left <= rule.credits
  // The product may leave the safe integers. With no credits at all, nothing counts as used.
  const all = BigInt(used) + BigInt(left)
  return all > 0n && BigInt(used) * 100n >= all * BigInt(rule.percent)
}

/** Mildest first: by percent used, then by what is left. */
export function bySeverity(left: AlertRule, right: AlertRule): number {
  if (left.kind === 'used' && right.kind === 'used') return left.percent - right.percent
  if (left.kind === 'left' && right.kind === 'left') return right.credits - left.credits
  return left.kind === 'used' ? -1 : 1
}
