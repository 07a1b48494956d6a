/** Granting what was paid: once, whoever asks and whatever ended in between. */

import type { Grant } from '#shared/credits/grant.ts'
import { noteGranted } from '#shared/purchase/due.ts'
import type { Issued } from '#shared/purchase/issuer.ts'
import { grantsOf, orderEntries, proofOf } from '#shared/purchase/order.ts'
import type { Purchase } from '#shared/purchase/purchase.ts'
import { success } from '#shared/result.ts'
import { keyOf, note, type Step } from './noting.ts'
import type { PaymentPorts } from './ports.ts'
import { changePurchase } from './rows.ts'

/** What an order cannot be carried out for, whoever asks and however often. */
const FOR_GOOD: ReadonlySet<string> = new Set([
  'plan_not_offered',
  'plan_unchanged',
  'seats_not_possible',
  'subscription_unknown',
  'offer_unknown',
])

/** Writes what was paid for, once. What can never be carried out is noted: its money goes back. */
export async function grant(ports: PaymentPorts, purchase: Purchase): Step {
  const { id, accountId, terms } = purchase
  const issued = await ports.issuer.issue(accountId, [proofOf(id, terms)], ({ books, now }) =>
    orderEntries(books, id, terms, now, renewing(ports, terms)),
  )
  if (issued.ok) {
    const { now, already } = issued.data
    const grants = grantsIn(issued.data, id)
    ports.log.info('A purchase was granted', { purchase: id, already })
    return success(await note(ports, purchase, (known) => noteGranted(known, now, grants)))
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

/** What costs nothing the processor does not know of. */
function renewing({ gateway }: PaymentPorts, { price }: Purchase['terms']) {
  return gateway.renews && price.amount > 0 ? 'when-paid' : undefined
}

/** From what was written; where that was earlier, from the books. */
function grantsIn({ entries, books }: Issued, purchaseId: string): readonly Grant[] {
  const written = entries.flatMap(({ facts }) => (facts.kind === 'grant' ? [facts.grant] : []))
  const known = grantsOf(books, purchaseId)
  return [...written, ...known.filter(({ id }) => !written.some((one) => one.id === id))].filter(
    ({ source }) => source !== 'overage',
  )
}
