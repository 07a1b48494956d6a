/**
 * Taking a purchase back: the unspent part of what it brought (conformance: coding-agent 6: used
 * credits are non-reversible), in proportion to the money.
 */

import type { Books } from '../account/account.ts'
import {
  addCredits,
  type Credits,
  millicredits,
  minCredits,
  subtractCredits,
  ZERO,
} from '../credits/amount.ts'
import type { Draw, Grant } from '../credits/grant.ts'
import { revokeEntry, revokeEntryId } from '../journal/entries.ts'
import type { EntryDraft } from '../journal/journal.ts'
import { type Purchase, refunded, type TakeBack } from './purchase.ts'

/** More than anybody has. */
export const EVERYTHING = millicredits(Number.MAX_SAFE_INTEGER)

/** Everything a purchase brought. */
const brought = ({ terms }: Purchase) => addCredits(terms.credits, terms.bonus)

const againPrefix = (purchaseId: string) => `back:${purchaseId}:`

/**
 * Of the grant that gives again what a take-back took of another; both are named by their place: the ids
 * of what is taken of it once more hold this one, and must not grow too long for an entry.
 */
export function againId({ id, facts }: Purchase, takeBackId: string, grantId: string): string {
  const takeBack = facts.takenBack.findIndex((one) => one.id === takeBackId)
  const place = (facts.granted?.grants ?? []).findIndex((grant) => grant.id === grantId)
  return `${againPrefix(id)}${takeBack}:${place}`
}

/** What it brought, and what was given again of that: as noted, and as the books know it. */
export function grantIdsOf({ balances }: Books, purchase: Purchase): readonly string[] {
  const { id, facts } = purchase
  const noted = facts.takenBack.flatMap(({ id: takeBackId, again = [] }) =>
    again.map(({ grantId }) => againId(purchase, takeBackId, grantId)),
  )
  const known = [...balances.keys()].filter((grantId) => grantId.startsWith(againPrefix(id)))
  const brought = (facts.granted?.grants ?? []).map((grant) => grant.id)
  return [...new Set([...brought, ...noted, ...known])]
}

/** The grant that a purchase brought, by its own id or by one of those that gave it again. */
export function broughtGrant({ id, facts }: Purchase, grantId: string): Grant | undefined {
  const grants = facts.granted?.grants ?? []
  if (!grantId.startsWith(againPrefix(id))) return grants.find((grant) => grant.id === grantId)
  const [, place] = grantId.slice(againPrefix(id).length).split(':')
  return grants[Number(place)]
}

/** The part of its grants that is unspent and not held by a run: here, and `leased` to devices. */
export function unspentOf(
  books: Books,
  purchase: Purchase,
): { readonly available: Credits; readonly leased: Credits } {
  const parts = grantIdsOf(books, purchase).map((id) => books.balances.get(id))
  const sum = (amounts: readonly number[]) => millicredits(amounts.reduce((a, b) => a + b, 0))
  return {
    available: sum(parts.map((part) => part?.available ?? 0)),
    leased: sum(parts.map((part) => part?.elsewhere ?? 0)),
  }
}

/** The money that goes back for unspent credits: its share of the payment, rounded down. */
export function refundableMoney(purchase: Purchase, unspent: Credits): number {
  const { facts } = purchase
  return shareOf(purchase, unspent, refunded(facts))
}

/**
 * The money that credits stand for which were just taken back: beyond what those before stand for,
 * whether or not that money has gone back yet.
 */
export function moneyOfTaken(purchase: Purchase, taken: Credits): number {
  return shareOf(purchase, taken, moneyOfRefunds(purchase.facts.takenBack))
}

/** The money that went or goes back for credits which were taken. */
export function moneyOfRefunds(takenBack: readonly TakeBack[]): number {
  return takenBack
    .filter(({ cause, returned }) => cause === 'refund' && !returned)
    .reduce((sum, { money }) => sum + money, 0)
}

function shareOf(purchase: Purchase, credits: Credits, gone: number): number {
  const { paid, granted } = purchase.facts
  const all = brought(purchase)
  if (!paid || !granted || all <= 0) return 0
  const share = Number((BigInt(paid.total) * BigInt(credits)) / BigInt(all))
  return Math.max(0, Math.min(share, paid.total - gone))
}

/**
 * What a take-back takes at most; null where it is for all that there is, as the whole payment went back
 * or is contested.
 */
export function limitOf(
  purchase: Purchase,
  { id, cause, money }: Pick<TakeBack, 'id' | 'cause' | 'money'>,
): Credits | null {
  const { paid, takenBack } = purchase.facts
  const place = takenBack.findIndex((one) => one.id === id)
  const earlier = place === -1 ? takenBack : takenBack.slice(0, place)
  const gone = cause === 'refund' ? moneyOfRefunds(earlier) + money : money
  return gone >= (paid?.total ?? 0) ? null : creditsFor(purchase, money)
}

/** The credits that stand for an amount of the payment, rounded down in the buyer's favour. */
function creditsFor(purchase: Purchase, money: number): Credits {
  const { paid } = purchase.facts
  if (!paid || paid.total === 0) return ZERO
  return millicredits(Number((BigInt(brought(purchase)) * BigInt(money)) / BigInt(paid.total)))
}

const takeBackEntry = (purchaseId: string, takeBackId: string) =>
  `purchase:${purchaseId}:${takeBackId}`

/** The entries that a take-back writes, some or all of them: none is written twice. */
export function takeBackProofs(
  books: Books,
  purchase: Purchase,
  takeBackId: string,
): readonly string[] {
  const entryId = takeBackEntry(purchase.id, takeBackId)
  return grantIdsOf(books, purchase).map((grantId) => revokeEntryId(entryId, grantId))
}

export const reasonOf = (cause: TakeBack['cause']) =>
  cause === 'refund' ? 'Refunded' : 'The payment is contested'

export interface Taking {
  readonly draws: readonly Draw[]
  readonly entries: readonly EntryDraft[]
}

/** Whether a take-back closes the grants: always, where less is available than it takes, or never. */
export type Closing = 'always' | 'if-short' | 'never'

/**
 * Takes back up to `amount` of what is available of a purchase or some of its grants: what was given on
 * top first. Of grants that it closes also what runs and devices hold, when they give it back.
 */
export function takeBackEntries(
  books: Books,
  purchase: Purchase,
  takeBackId: string,
  amount: Credits,
  { reason, closing }: { readonly reason: string; readonly closing: Closing },
  grantIds = grantIdsOf(books, purchase),
): Taking {
  const { balances } = books
  const isShort = unspentOf(books, purchase).available < amount
  const closes = closing === 'always' || (closing === 'if-short' && isShort)
  let left = amount
  const parts = grantIds.toReversed().map((grantId) => {
    const part = minCredits(balances.get(grantId)?.available ?? ZERO, left)
    left = subtractCredits(left, part)
    return { grantId, amount: part }
  })
  const entryId = takeBackEntry(purchase.id, takeBackId)
  const entries = parts
    .filter(({ grantId, amount: part }) => part > 0 || (closes && balances.has(grantId)))
    .map((draw) => revokeEntry(entryId, draw, reason, closes))
  return { draws: parts.filter(({ amount: part }) => part > 0), entries }
}
