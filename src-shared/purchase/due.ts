/**
 * What follows from the facts of a purchase, and recording that it was done. Each step is recorded
 * once, so repeating it changes nothing.
 */

import type { Draw, Grant } from '../credits/grant.ts'
import { contested, type Purchase, refunded, type TakeBack } from './purchase.ts'
import { moneyOfRefunds } from './take-back.ts'

/** What is to be done about a purchase now, by whoever keeps the account; null for nothing. */
export type Due =
  | { readonly act: 'grant' }
  | {
      readonly act: 'take-back'
      readonly id: string
      readonly cause: TakeBack['cause']
      readonly money: number
    }
  /** Credits were taken back at the buyer's request: their money goes back. */
  | { readonly act: 'send-back'; readonly id: string; readonly money: number }
  /** The bank decided in our favour: what was taken back is granted again. */
  | { readonly act: 'give-back'; readonly takeBack: TakeBack }

/** The id of the take-back for a dispute. */
export const disputeTakeId = (disputeId: string) => `dispute-${disputeId}`

/**
 * The next thing to do, or null: what is paid is granted, what went back or is contested is taken
 * back, what was won is granted again. What went back before it was granted is never granted.
 */
export function dueOf({ facts }: Purchase): Due | null {
  const { paid, granted, takenBack, disputes } = facts
  if (!paid) return null
  const isAllGone = paid.total > 0 && refunded(facts) + contested(facts) >= paid.total
  if (!granted) return isAllGone ? null : { act: 'grant' }
  const unseen = refunded(facts) - moneyOfRefunds(takenBack)
  if (unseen > 0) {
    const id = `refunded-${refunded(facts)}`
    return { act: 'take-back', id, cause: 'refund', money: unseen }
  }
  const owed = takenBack.findLast(({ cause, returned }) => cause === 'refund' && !returned)
  if (unseen < 0 && owed)
    return { act: 'send-back', id: owed.id, money: Math.min(-unseen, owed.money) }
  for (const [disputeId, { payment, amount, status }] of Object.entries(disputes)) {
    if (payment !== paid.payment) continue
    const id = disputeTakeId(disputeId)
    const takeBack = takenBack.find((one) => one.id === id)
    if (status === 'won') {
      if (takeBack && !takeBack.returned) return { act: 'give-back', takeBack }
    } else if (!takeBack) {
      return { act: 'take-back', id, cause: 'dispute', money: Math.min(amount, paid.total) }
    }
  }
  return null
}

/** Records that the account has the credits; once. */
export function noteGranted(purchase: Purchase, at: number, grants: readonly Grant[]): Purchase {
  const { facts } = purchase
  return facts.granted ? purchase : { ...purchase, facts: { ...facts, granted: { at, grants } } }
}

/** Records that a second payment went back. */
export function noteSentBack(purchase: Purchase, payment: string): Purchase {
  const { facts } = purchase
  const surplus = facts.surplus.map((one) =>
    one.payment === payment ? { ...one, sentBack: true } : one,
  )
  return { ...purchase, facts: { ...facts, surplus } }
}

/** Records credits taken back; once for each id. */
export function noteTakenBack(purchase: Purchase, takeBack: TakeBack): Purchase {
  const { facts } = purchase
  if (facts.takenBack.some(({ id }) => id === takeBack.id)) return purchase
  return { ...purchase, facts: { ...facts, takenBack: [...facts.takenBack, takeBack] } }
}

/** Notes what was taken back in all by now, as machines gave more of it back. */
export function noteTakenSince(purchase: Purchase, takenBack: readonly TakeBack[]): Purchase {
  const { facts } = purchase
  return takenBack === facts.takenBack ? purchase : { ...purchase, facts: { ...facts, takenBack } }
}

/** Notes of take-backs whether anything of what they have closed can still come back. */
export function noteHome(purchase: Purchase, ids: readonly string[], isHome: boolean): Purchase {
  const { facts } = purchase
  const isNews = ({ id, home }: TakeBack) => ids.includes(id) && (home ?? false) !== isHome
  if (!facts.takenBack.some(isNews)) return purchase
  const takenBack = facts.takenBack.map((one) => {
    if (!isNews(one)) return one
    const { home: _, ...rest } = one
    return isHome ? { ...rest, home: true as const } : rest
  })
  return { ...purchase, facts: { ...facts, takenBack } }
}

/** Notes that credits taken back were given again; `isDone`: no more of them can come. */
export function noteGivenBack(
  purchase: Purchase,
  takeBackId: string,
  again: readonly Draw[],
  isDone: boolean,
): Purchase {
  const { facts } = purchase
  const takenBack = facts.takenBack.map((known) =>
    known.id === takeBackId ? { ...known, again, returned: isDone } : known,
  )
  return { ...purchase, facts: { ...facts, takenBack } }
}
