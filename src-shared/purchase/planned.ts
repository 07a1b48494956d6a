/**
 * Take-backs are recorded before anything is taken, so that after a crash it is known what the
 * journal may already contain.
 */

import type { PlannedTake, Purchase } from './purchase.ts'

/** The first planned take-back not yet recorded as done; null if there is none. */
export function plannedTake({ facts }: Purchase): PlannedTake | null {
  const { planned = [], takenBack } = facts
  return planned.find(({ id }) => !takenBack.some((taken) => taken.id === id)) ?? null
}

/** Notes a plan, once. */
export function notePlanned(purchase: Purchase, plan: PlannedTake): Purchase {
  const { facts } = purchase
  const { planned = [] } = facts
  if (planned.some(({ id }) => id === plan.id)) return purchase
  return { ...purchase, facts: { ...facts, planned: [...planned, plan] } }
}

/**
 * Records that the buyer asks for what is unspent; does nothing while such a request is in
 * progress.
 */
export function noteAsked(purchase: Purchase): Purchase {
  if (plannedTake(purchase)?.money === null) return purchase
  const { planned = [], takenBack } = purchase.facts
  const asked = [...planned, ...takenBack].filter(({ id }) => id.startsWith('refund-'))
  const used = new Set(asked.map(({ id }) => id))
  let number = used.size + 1
  while (used.has(`refund-${number}`)) number++
  return notePlanned(purchase, { id: `refund-${number}`, cause: 'refund', money: null })
}
