/**
 * Calls credits back from machines and runs, for money that went back or is contested. Grants that
 * machines hold are closed: no machine is leased more of them, and those that have some give it
 * back. What comes back is taken, up to what the money stands for; anything beyond that is granted
 * again. A dispute that is won grants all of its own again.
 */

import type { Books } from '#shared/account/account.ts'
import type { Credits } from '#shared/credits/amount.ts'
import type { Draw } from '#shared/credits/grant.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import {
  closingOf,
  giveBackEntries,
  isElsewhere,
  missingEntries,
  surplusOf,
  takenByNow,
} from '#shared/purchase/closed.ts'
import { noteGivenBack, noteHome, noteTakenSince } from '#shared/purchase/due.ts'
import type { AccountNow } from '#shared/purchase/issuer.ts'
import type { Purchase, TakeBack } from '#shared/purchase/purchase.ts'
import { type Result, success } from '#shared/result.ts'
import { note, type Step } from './noting.ts'
import type { PaymentPorts } from './ports.ts'
import type { PurchaseRecord } from './rows.ts'

/** The bank decided for us, or the money cannot go back: what was taken comes again, as it is back. */
export async function giveBack(ports: PaymentPorts, purchase: Purchase, takeBack: TakeBack): Step {
  const account = await ports.issuer.read(purchase.accountId)
  if (!account.ok) return account
  const { books, now } = account.data
  const record = await noteReturned(ports, purchase, books)
  const taken = record?.purchase.facts.takenBack.find(({ id }) => id === takeBack.id)
  if (!record || !taken) return success(null)
  const isDone = !taken.closes || !isElsewhere(books, record.purchase)
  return give(ports, record.purchase, taken, { most: null, isDone, now })
}

const noteReturned = (ports: PaymentPorts, purchase: Purchase, books: Books) =>
  note(ports, purchase, (known) => noteTakenSince(known, takenByNow(books, known)))

/** Gives again up to `most`, and notes it; `isDone`: no more of it can come. */
async function give(
  ports: PaymentPorts,
  purchase: Purchase,
  takeBack: TakeBack,
  {
    most,
    isDone,
    now,
  }: { readonly most: Credits | null; readonly isDone: boolean; readonly now: number },
): Step {
  const parts = giveBackEntries(purchase, takeBack, most, now)
  // Machines still have some of it: more is given when that has come back.
  if (parts.length === 0 && !isDone) return success(null)
  const entries = parts.map(({ entry }) => entry)
  const once = entries.map(({ id }) => id)
  const issued = await ports.issuer.issue(purchase.accountId, once, () => success(entries))
  if (!issued.ok) return issued
  const again = givenBy(takeBack, parts, issued.data.entries)
  const isOver = isDone && !issued.data.already
  return success(
    await note(ports, purchase, (known) => noteGivenBack(known, takeBack.id, again, isOver)),
  )
}

/** What was given in all: an earlier call may have written another amount before it could note it. */
function givenBy(
  { again = [] }: TakeBack,
  parts: ReturnType<typeof giveBackEntries>,
  written: readonly EntryDraft[],
): readonly Draw[] {
  const now = parts.flatMap(({ grantId, entry }) => {
    const facts = written.find(({ id }) => id === entry.id)?.facts
    return facts?.kind === 'grant' ? [{ grantId, amount: facts.grant.amount }] : []
  })
  return [...again, ...now]
}

/**
 * Takes in what machines and runs gave back of what a purchase called back, as the books may forget it,
 * and what is there of it while something is missing; what is too much is given again.
 */
export async function takeReturned(
  ports: PaymentPorts,
  { purchase }: PurchaseRecord,
): Promise<Result<null>> {
  const closing = closingOf(purchase).map(({ id }) => id)
  if (closing.length === 0) return success(null)
  const account = await takeMissing(ports, purchase)
  if (!account.ok) return account
  const { books, now } = account.data
  const record = await noteReturned(ports, purchase, books)
  if (!record) return success(null)
  for (const takeBack of record.purchase.facts.takenBack) {
    const most = surplusOf(record.purchase, takeBack)
    if (most === 0) continue
    const given = await give(ports, record.purchase, takeBack, { most, isDone: false, now })
    if (!given.ok) return given
    if (given.data) ports.changed(purchase.accountId, given.data)
  }
  const isHome = !isElsewhere(books, record.purchase)
  await note(ports, purchase, (known) => noteHome(known, closing, isHome))
  return success(null)
}

/** The account, once what is missing was taken of what is there. */
async function takeMissing(ports: PaymentPorts, purchase: Purchase): Promise<Result<AccountNow>> {
  const account = await ports.issuer.read(purchase.accountId)
  if (!account.ok || missingEntries(account.data.books, purchase).length === 0) return account
  return ports.issuer.issue(purchase.accountId, [], ({ books }) =>
    success(missingEntries(books, purchase)),
  )
}
