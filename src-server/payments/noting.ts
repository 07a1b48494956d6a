/** Records in the store what was done about a purchase. */

import type { Purchase } from '#shared/purchase/purchase.ts'
import type { Result } from '#shared/result.ts'
import type { PurchaseKey } from './gateway.ts'
import type { PaymentPorts } from './ports.ts'
import { changePurchase, type PurchaseRecord } from './rows.ts'

/** A step of carrying a purchase out: the purchase after it; null where there is nothing to tell. */
export type Step = Promise<Result<PurchaseRecord | null>>

export const keyOf = ({ accountId, id }: Purchase): PurchaseKey => ({ accountId, purchaseId: id })

/** Changes what is known of a purchase, with nothing in between. */
export function note(
  { database, clock }: PaymentPorts,
  purchase: Purchase,
  step: (known: Purchase) => Purchase,
): Promise<PurchaseRecord | null> {
  return changePurchase(database, keyOf(purchase), clock.now(), (record) => {
    const next = step(record.purchase)
    return next === record.purchase ? record : { ...record, purchase: next }
  })
}
