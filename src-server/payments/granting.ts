/** Grants what was paid: once, whoever asks and whatever crashed in between. */

import type { Grant } from '#shared/credits/grant.ts'
import { dueOf, noteGranted } from '#shared/purchase/due.ts'
import type { AccountNow, Issued } from '#shared/purchase/issuer.ts'
import { grantsOf, orderEntries, proofOf } from '#shared/purchase/order.ts'
import type { Purchase } from '#shared/purchase/purchase.ts'
import { success } from '#shared/result.ts'
import type { Transaction } from '../store/database.ts'
import { isChargedAgain } from './add-ons.ts'
import { keyOf, note, type Step } from './noting.ts'
import type { PaymentPorts } from './ports.ts'
import { changePurchase, type PurchaseRecord, savePurchase } from './rows.ts'

/** What an order cannot be carried out for, whoever asks and however often. */
const FOR_GOOD: ReadonlySet<string> = new Set([
  'plan_not_offered',
  'plan_unchanged',
  'seats_not_possible',
  'subscription_unknown',
  'offer_unknown',
])

/** What was paid for, as it is asked of the issuer. */
function wanted(ports: PaymentPorts, { id, accountId, terms }: Purchase) {
  const renews = isChargedAgain(ports.gateway, terms) ? 'when-paid' : undefined
  const decide = ({ books, now }: AccountNow) => orderEntries(books, id, terms, now, renews)
  return [accountId, [proofOf(id, terms)], decide] as const
}

/** What is known of a purchase once it was granted. */
const granted = (issued: Issued, purchase: Purchase): Purchase =>
  noteGranted(purchase, issued.now, grantsIn(issued, purchase.id))

/**
 * Writes what was paid for in the transaction that takes in the payment, which has locked the account,
 * and notes it. What it cannot grant it leaves as it is, for `grant`.
 */
export async function grantWithin(
  ports: PaymentPorts,
  transaction: Transaction,
  record: PurchaseRecord,
): Promise<PurchaseRecord> {
  const { purchase } = record
  if (dueOf(purchase)?.act !== 'grant' || record.problem !== null) return record
  const issued = await ports.issuer.issueWithin?.(transaction, ...wanted(ports, purchase))
  if (!issued?.ok) return record
  const next = { ...record, purchase: granted(issued.data, purchase) }
  await savePurchase(transaction.query, next)
  const { already } = issued.data
  transaction.afterwards(() => logGrant(ports, purchase.id, already))
  return next
}

/** Writes what was paid for, once. What can never be carried out is noted: its money goes back. */
export async function grant(ports: PaymentPorts, purchase: Purchase): Step {
  const { id } = purchase
  const issued = await ports.issuer.issue(...wanted(ports, purchase))
  if (issued.ok) {
    logGrant(ports, id, issued.data.already)
    return success(await note(ports, purchase, (known) => granted(issued.data, known)))
  }
  const { code } = issued.error
  if (!FOR_GOOD.has(code)) return issued
  ports.log.error('What was paid cannot be carried out: it goes back', { purchase: id, code })
  const record = await changePurchase(
    ports.database,
    keyOf(purchase),
    ports.clock.now(),
    (known) => ({
      ...known,
      problem: code,
    }),
  )
  return success(record)
}

const logGrant = ({ log }: PaymentPorts, purchase: string, already: boolean) =>
  log.info('A purchase was granted', { purchase, already })

/** What went back before it was granted is never granted; but a process may have ended in between. */
export const mayBeUnnoted = ({ facts }: Purchase) => facts.paid !== null && facts.granted === null

/** Notes a grant that is in the journal and not noted; null where there is none. */
export async function findGrant(ports: PaymentPorts, purchase: Purchase): Step {
  const { id, accountId, terms } = purchase
  const looked = await ports.issuer.issue(accountId, [proofOf(id, terms)], () => success([]))
  if (!looked.ok) return looked
  const { now, already } = looked.data
  if (!already) return success(null)
  const grants = grantsIn(looked.data, id)
  return success(await note(ports, purchase, (known) => noteGranted(known, now, grants)))
}

/** From what was written; where that was earlier, from the books. */
function grantsIn({ entries, books }: Issued, purchaseId: string): readonly Grant[] {
  const written = entries.flatMap(({ facts }) => (facts.kind === 'grant' ? [facts.grant] : []))
  const known = grantsOf(books, purchaseId)
  return [...written, ...known.filter(({ id }) => !written.some((one) => one.id === id))].filter(
    ({ source }) => source !== 'overage',
  )
}
