/**
 * Carries out what follows from a purchase: grants what is paid, once; takes back what went back.
 * Each step is safe to repeat, so a crash between two of them is repaired by doing them again.
 */

import type { EntryDraft } from '#shared/journal/journal.ts'
import type { Credits } from '#shared/credits/amount.ts'
import type { Draw } from '#shared/credits/grant.ts'
import { drawsInto, sumDraws } from '#shared/journal/entries.ts'
import { endSubscription } from '#shared/account/subscription.ts'
import { notePlanned, plannedTake } from '#shared/purchase/planned.ts'
import { type Due, dueOf, noteSentBack, noteTakenBack } from '#shared/purchase/due.ts'
import { type PlannedTake, type Purchase, stateOf } from '#shared/purchase/purchase.ts'
import {
  type Closing,
  EVERYTHING,
  limitOf,
  moneyOfTaken,
  reasonOf,
  takeBackEntries,
  takeBackProofs,
  unspentOf,
} from '#shared/purchase/take-back.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { isAddOn } from './add-ons.ts'
import { applyEvents } from './apply.ts'
import { giveBack, takeReturned } from './called-back.ts'
import type { PurchaseKey } from './gateway.ts'
import { findGrant, grant, mayBeUnnoted } from './granting.ts'
import { keyOf, note, type Step } from './noting.ts'
import type { PaymentPorts } from './ports.ts'
import { findPurchase, type PurchaseRecord } from './rows.ts'

/** More steps than one purchase can need: one that wants more is going in circles. */
const MOST_STEPS = 50

/**
 * Does everything due about a purchase. Fails with the first step that failed, which may be retried
 * later.
 */
export async function carryOut(ports: PaymentPorts, key: PurchaseKey): Promise<Result<null>> {
  let before: Due | null = null
  for (let step = 0; step < MOST_STEPS; step++) {
    const record = await findPurchase(ports.database.query, key)
    if (!record) return success(null)
    const sent = await sendSurplus(ports, record)
    if (!sent.ok) return sent
    if (record.problem !== null) return sendAllBack(ports, record)
    const due = dueOf(record.purchase)
    const plan = plannedTake(record.purchase)
    if (plan) {
      // What the buyer asked for comes after what went back already, but where it is done.
      const waits = plan.money === null && due?.act === 'take-back'
      const taken = await take(ports, record.purchase, plan, { onlyNotes: waits })
      if (!taken.ok) return taken
      if (taken.data) ports.changed(key.accountId, taken.data)
      if (taken.data || !waits) continue
    }
    if (!due && mayBeUnnoted(record.purchase)) {
      const found = await findGrant(ports, record.purchase)
      if (!found.ok) return found
      if (!found.data) return success(null)
      ports.changed(key.accountId, found.data)
      continue
    }
    // The same again: it waits for the processor's word.
    if (!due || JSON.stringify(due) === JSON.stringify(before)) return takeReturned(ports, record)
    before = due
    const done = await perform(ports, record.purchase, due)
    if (!done.ok) return done
    if (done.data) ports.changed(key.accountId, done.data)
  }
  return failure('purchase_restless', 'A purchase does not come to rest.', { ...key })
}

function perform(ports: PaymentPorts, purchase: Purchase, due: Due): Step {
  switch (due.act) {
    case 'grant':
      return grant(ports, purchase)
    case 'take-back':
      return takeBack(ports, purchase, due)
    case 'send-back':
      return sendBack(ports, purchase, due)
    case 'give-back':
      return giveBack(ports, purchase, due.takeBack)
  }
}

/** Records the plan, then carries it out. */
async function takeBack(
  ports: PaymentPorts,
  purchase: Purchase,
  { id, cause, money }: Extract<Due, { act: 'take-back' }>,
): Step {
  const planned = await note(ports, purchase, (known) => notePlanned(known, { id, cause, money }))
  return planned
    ? take(ports, planned.purchase, { id, cause, money }, { onlyNotes: false })
    : success(null)
}

/** Takes back what is planned, as far as it is there; with `onlyNotes` what was taken before. */
async function take(
  ports: PaymentPorts,
  purchase: Purchase,
  plan: PlannedTake,
  { onlyNotes }: { readonly onlyNotes: boolean },
): Step {
  const { id, cause, money } = plan
  if (money === null) return takeAsked(ports, purchase, id, onlyNotes)
  const limit = limitOf(purchase, { id, cause, money })
  const isAll = limit === null
  const amount = limit ?? EVERYTHING
  const reason = reasonOf(cause)
  // What is closed no machine gets more of, and those that have some give it back.
  const closing = isAll ? 'always' : 'if-short'
  const ends = isAll && cause === 'refund'
  const entries = await takeCredits(ports, purchase, { id, amount, reason, closing, ends })
  if (!entries.ok) return entries
  const isClosed = entries.data.some(({ facts }) => facts.kind === 'revoke' && facts.closes)
  const closes = isClosed ? ({ closes: true } as const) : {}
  const taken = { id, cause, money, draws: drawsOf(entries.data), ...closes, returned: false }
  return success(await note(ports, purchase, (known) => noteTakenBack(known, taken)))
}

/** Takes back what is unspent at the buyer's request; its share of the money follows. */
async function takeAsked(
  ports: PaymentPorts,
  purchase: Purchase,
  id: string,
  onlyNotes: boolean,
): Step {
  const { accountId } = purchase
  const account = await ports.issuer.read(accountId)
  if (!account.ok) return account
  const { books } = account.data
  if (onlyNotes) {
    const proofs = takeBackProofs(books, purchase, id)
    const looked = await ports.issuer.issue(accountId, proofs, () => success([]))
    if (!looked.ok) return looked
    if (!looked.data.already) return success(null)
  }
  const { available } = unspentOf(books, purchase)
  const taking = { id, amount: available, reason: reasonOf('refund'), ends: false }
  const entries = await takeCredits(ports, purchase, { ...taking, closing: 'never' })
  if (!entries.ok) return entries
  const draws = drawsOf(entries.data)
  // Runs may have spent some in between: the money is that of what was really taken.
  const money = moneyOfTaken(purchase, sumDraws(draws))
  const taken = { id, cause: 'refund', money, draws, returned: false } as const
  return success(await note(ports, purchase, (known) => noteTakenBack(known, taken)))
}

/**
 * Takes back up to so many credits, as far as they are there; with `ends` an add-on renews no more. The
 * entries that do it.
 */
async function takeCredits(
  ports: PaymentPorts,
  purchase: Purchase,
  taking: {
    readonly id: string
    readonly amount: Credits
    readonly reason: string
    readonly closing: Closing
    readonly ends: boolean
  },
): Promise<Result<readonly EntryDraft[]>> {
  const { id, amount, ends } = taking
  const account = await ports.issuer.read(purchase.accountId)
  if (!account.ok) return account
  const proofs = takeBackProofs(account.data.books, purchase, id)
  const issued = await ports.issuer.issue(purchase.accountId, proofs, ({ books }) => {
    const taken = takeBackEntries(books, purchase, id, amount, taking)
    const ended =
      ends && isAddOn(purchase.terms) ? endSubscription(books, purchase.id) : success([])
    return success([...taken.entries, ...(ended.ok ? ended.data : [])])
  })
  if (!issued.ok) return issued
  if (ends && isAddOn(purchase.terms)) {
    const ended = await stopRenewing(ports, purchase)
    if (!ended.ok) return ended
  }
  return success(issued.data.entries.filter(({ facts }) => facts.kind === 'revoke'))
}

async function stopRenewing(ports: PaymentPorts, purchase: Purchase): Promise<Result<null>> {
  const key = keyOf(purchase)
  const record = await findPurchase(ports.database.query, key)
  return ports.gateway.endSubscription({ ...key, reference: record?.reference ?? null })
}

const drawsOf = (entries: readonly EntryDraft[]): readonly Draw[] =>
  entries.flatMap((entry) => drawsInto(entry, 'expired'))

/** The money of what the buyer gave back. Refused for good: the credits come again. */
async function sendBack(
  ports: PaymentPorts,
  purchase: Purchase,
  { id, money }: Extract<Due, { act: 'send-back' }>,
): Step {
  const { paid, takenBack } = purchase.facts
  const taken = takenBack.find((one) => one.id === id)
  if (!paid || !taken) return success(null)
  const key = `${purchase.id}:${id}`
  const refund = await ports.gateway.refund({ payment: paid.payment, amount: money, key })
  if (!refund.ok) {
    if (refund.error.code !== 'refund_refused') return refund
    ports.log.error('The processor refused a refund', { purchase: purchase.id })
    return giveBack(ports, purchase, taken)
  }
  return observe(ports, purchase)
}

/** Asks what became of it, as the message may come later or never. */
async function observe(ports: PaymentPorts, purchase: Purchase): Step {
  const key = keyOf(purchase)
  const record = await findPurchase(ports.database.query, key)
  const payment = purchase.facts.paid?.payment ?? null
  const seen = await ports.gateway.look({ ...key, reference: record?.reference ?? null, payment })
  if (!seen.ok) return seen
  return success(await applyEvents(ports, key, seen.data))
}

/** A second payment of the same purchase goes back whole. */
async function sendSurplus(
  ports: PaymentPorts,
  { purchase }: PurchaseRecord,
): Promise<Result<null>> {
  for (const { payment } of purchase.facts.surplus.filter(({ sentBack }) => !sentBack)) {
    const key = `${purchase.id}:surplus:${payment}`
    const refund = await ports.gateway.refund({ payment, amount: null, key })
    if (!refund.ok && refund.error.code !== 'refund_refused') return refund
    ports.log.warn('A purchase was paid twice: the second payment goes back', {
      purchase: purchase.id,
    })
    await note(ports, purchase, (known) => noteSentBack(known, payment))
  }
  return success(null)
}

async function sendAllBack(
  ports: PaymentPorts,
  { purchase }: PurchaseRecord,
): Promise<Result<null>> {
  const { paid } = purchase.facts
  if (!paid || stateOf(purchase) === 'refunded') return success(null)
  const key = `${purchase.id}:not-possible`
  const refund = await ports.gateway.refund({ payment: paid.payment, amount: null, key })
  if (!refund.ok) return refund
  const seen = await observe(ports, purchase)
  return seen.ok ? success(null) : seen
}
