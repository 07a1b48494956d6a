/**
 * Contested payments. What is contested whole is closed at once: no machine is leased more of it, and
 * those that have some give it back, which counts as taken. So is what is contested in part where
 * machines have what is to be taken; what they give back beyond that is given again. Won, all of it is
 * given again, as it comes back.
 */

import type { Credits } from '#shared/credits/amount.ts'
import type { Draw } from '#shared/credits/grant.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import { noteGivenBack, noteTakenSince } from '#shared/purchase/due.ts'
import type { Purchase, TakeBack } from '#shared/purchase/purchase.ts'
import { giveBackEntries, isElsewhere, surplusOf, takenByNow } from '#shared/purchase/closed.ts'
import { success } from '#shared/result.ts'
import { note, type Step } from './noting.ts'
import type { PaymentPorts } from './ports.ts'
import { purchasesIn, purchasesSince, type PurchaseRecord } from './rows.ts'

/** The bank decided for us: what was taken comes again, as far as it is back. */
export async function giveBack(ports: PaymentPorts, purchase: Purchase, takeBack: TakeBack): Step {
  const account = await ports.issuer.read(purchase.accountId)
  if (!account.ok) return account
  const { books, now } = account.data
  const taken = takenByNow(books, purchase).find(({ id }) => id === takeBack.id) ?? takeBack
  const isDone = !takeBack.closes || !isElsewhere(books, purchase)
  return give(ports, purchase, taken, { most: null, isDone, now })
}

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

/** Notes what machines and runs gave back of what is closed: the books may forget it. */
export async function noteReturned(ports: PaymentPorts, accountId: string): Promise<void> {
  const contested = await purchasesIn(ports.database.query, accountId, ['disputed'], MOST)
  for (const record of contested) await noteTaken(ports, record)
}

/** Of every account. */
export async function noteAllReturned(ports: PaymentPorts): Promise<void> {
  const contested = await purchasesSince(ports.database.query, ['disputed'], 0, null, MOST)
  for (const record of contested) await noteTaken(ports, record)
}

const MOST = 1_000

async function noteTaken(ports: PaymentPorts, { purchase }: PurchaseRecord): Promise<void> {
  if (!purchase.facts.takenBack.some(({ closes, returned }) => closes && !returned)) return
  const account = await ports.issuer.read(purchase.accountId)
  if (!account.ok) return
  const { books, now } = account.data
  const record = await note(ports, purchase, (known) =>
    noteTakenSince(known, takenByNow(books, known)),
  )
  if (!record) return
  for (const takeBack of record.purchase.facts.takenBack) {
    const most = surplusOf(record.purchase, takeBack)
    if (most === 0) continue
    const given = await give(ports, record.purchase, takeBack, { most, isDone: false, now })
    if (given.ok && given.data) ports.changed(purchase.accountId, given.data)
  }
}
