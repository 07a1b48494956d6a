/**
 * Grants closed by a take-back: what machines and runs return of them is taken as well, up to what
 * the take-back is for. Anything beyond that, or won again, is granted again.
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
import { type Draw, type Grant, hasExpired } from '../credits/grant.ts'
import { grantEntry, sumDraws } from '../journal/entries.ts'
import type { EntryDraft } from '../journal/journal.ts'
import { disputeTakeId } from './due.ts'
import type { Purchase, TakeBack } from './purchase.ts'
import {
  againId,
  broughtGrant,
  EVERYTHING,
  grantIdsOf,
  limitOf,
  reasonOf,
  takeBackEntries,
} from './take-back.ts'

const amountOf = (draws: readonly Draw[] | undefined, grantId: string): Credits =>
  addCredits(...(draws ?? []).filter((one) => one.grantId === grantId).map(({ amount }) => amount))

/** The purchase's grants that are closed, as long as the books know them. */
const closedOf = ({ account, balances }: Books, purchase: Purchase) =>
  grantIdsOf({ account, balances }, purchase).flatMap((grantId) => {
    const balance = account.closed.has(grantId) ? balances.get(grantId) : undefined
    return balance ? [balance] : []
  })

/** Whether machines or runs still have something of what is closed. */
export function isElsewhere(books: Books, purchase: Purchase): boolean {
  return closedOf(books, purchase).some(({ elsewhere, held }) => elsewhere + held > 0)
}

/** The take-backs that have closed grants, until they are over. */
export const closingOf = ({ facts }: Purchase): readonly TakeBack[] =>
  facts.takenBack.filter(({ closes, returned }) => closes && !returned)

/** Whether machines or runs may still give back something of what is closed. */
export const isCalledBack = (purchase: Purchase): boolean =>
  closingOf(purchase).some(({ home }) => !home)

/** A dispute the bank decided in our favour: what it took is granted again. */
const isWon = ({ facts }: Purchase, takeBack: TakeBack) =>
  Object.entries(facts.disputes).some(
    ([disputeId, { status }]) => takeBack.id === disputeTakeId(disputeId) && status === 'won',
  )

/**
 * The take-backs with what came back by now of grants that are closed, each up to what it is for, in
 * their order; what is beyond all of them stands with the last, or with a dispute that was won. The
 * very same where nothing came.
 */
export function takenByNow(books: Books, purchase: Purchase): readonly TakeBack[] {
  let takenBack = purchase.facts.takenBack
  for (const { grant, expired } of closedOf(books, purchase)) {
    const known = addCredits(...takenBack.map(({ draws }) => amountOf(draws, grant.id)))
    if (expired <= known) continue
    takenBack = shared(purchase, takenBack, {
      grantId: grant.id,
      amount: millicredits(expired - known),
    })
  }
  return takenBack
}

function shared(
  purchase: Purchase,
  takenBack: readonly TakeBack[],
  { grantId, amount }: Draw,
): readonly TakeBack[] {
  const closing = closingOf({ ...purchase, facts: { ...purchase.facts, takenBack } })
  const wanted = closing.filter((one) => !isWon(purchase, one))
  const last = closing.find((one) => isWon(purchase, one)) ?? wanted.at(-1)
  const parts = new Map<TakeBack, Credits>()
  let left = amount
  for (const one of wanted) {
    const part = minCredits(left, roomOf(purchase, one))
    left = subtractCredits(left, part)
    parts.set(one, part)
  }
  if (last) parts.set(last, addCredits(parts.get(last) ?? ZERO, left))
  return takenBack.map((one) => {
    const part = parts.get(one) ?? ZERO
    if (part === 0) return one
    const before = amountOf(one.draws, grantId)
    const others = one.draws.filter((draw) => draw.grantId !== grantId)
    return { ...one, draws: [...others, { grantId, amount: addCredits(before, part) }] }
  })
}

/** How much is still missing of what it is for. */
function roomOf(purchase: Purchase, takeBack: TakeBack): Credits {
  const limit = limitOf(purchase, takeBack) ?? EVERYTHING
  const taken = sumDraws(takeBack.draws)
  return limit > taken ? subtractCredits(limit, taken) : ZERO
}

/**
 * What takes, for a take-back that has less than it is for, what is there of the purchase: something of
 * it was given again since. All of it is closed; what is too much is given once more.
 */
export function missingEntries(books: Books, purchase: Purchase): readonly EntryDraft[] {
  const { account, balances } = books
  const short = closingOf(purchase).find(
    (one) => !isWon(purchase, one) && roomOf(purchase, one) > 0,
  )
  const open = grantIdsOf(books, purchase).filter(
    (grantId) => balances.has(grantId) && !account.closed.has(grantId),
  )
  if (!short || open.length === 0) return []
  const how = { reason: reasonOf(short.cause), closing: 'always' } as const
  return takeBackEntries(books, purchase, short.id, EVERYTHING, how, open).entries
}

/** What it has taken beyond what it is for and that was not granted again yet. */
export function surplusOf(purchase: Purchase, takeBack: TakeBack): Credits {
  const { closes, returned } = takeBack
  const limit = limitOf(purchase, takeBack)
  if (limit === null || !closes || returned || isWon(purchase, takeBack)) return ZERO
  const beyond = sumDraws(takeBack.draws) - limit - sumDraws(takeBack.again ?? [])
  return millicredits(Math.max(0, beyond))
}

/** A grant that restores what was taken of another. */
export interface Again {
  readonly grantId: string
  readonly entry: EntryDraft
}

/**
 * Gives again what a take-back has taken and was not given yet, up to `most`, as it was: as long as
 * the grants it came from would have lasted.
 */
export function giveBackEntries(
  purchase: Purchase,
  { id: takeBackId, draws, again }: TakeBack,
  most: Credits | null,
  now: number,
): readonly Again[] {
  const sums = new Map<Grant, Credits>()
  for (const { grantId, amount } of draws) {
    const grant = broughtGrant(purchase, grantId)
    if (grant) sums.set(grant, addCredits(sums.get(grant) ?? ZERO, amount))
  }
  let left = most ?? EVERYTHING
  return [...sums].flatMap(([grant, whole]) => {
    const { id: grantId } = grant
    const before = amountOf(again, grantId)
    if (hasExpired(grant, now) || whole <= before) return []
    const amount = minCredits(subtractCredits(whole, before), left)
    left = subtractCredits(left, amount)
    if (amount === 0) return []
    // The total given before only grows, so the id is made from it.
    const part = before > 0 ? `:${before}` : ''
    const given = `${againId(purchase, takeBackId, grantId)}${part}`
    return [{ grantId, entry: grantEntry({ ...grant, id: given, amount, effectiveAt: now }) }]
  })
}
