/**
 * Add-ons that a processor charges for again: each payment is a purchase of its own, with a receipt,
 * and grants once. Nothing is granted by the calendar, so what is not paid does not come.
 */

import { hash } from 'node:crypto'
import { ZERO } from '#shared/credits/amount.ts'
import { receive } from '#shared/purchase/purchase.ts'
import { isAddOn } from './add-ons.ts'
import type { PurchaseKey, Renewal } from './gateway.ts'
import { carryOut } from './carry-out.ts'
import type { PaymentPorts } from './ports.ts'
import { findPurchase, insertPurchase, lockPurchase, newPurchase, savePurchase } from './rows.ts'

/** The same payment is the same purchase, whoever tells of it and however often. */
export function renewalId({ purchaseId }: PurchaseKey, payment: string): string {
  const hex = hash('sha256', `${purchaseId}\n${payment}`, 'hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`]
  return [...parts, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')
}

/** Takes in payments of a subscription that `key` bought, and grants for each. */
export async function renew(
  ports: PaymentPorts,
  key: PurchaseKey,
  renewals: readonly Renewal[],
): Promise<void> {
  for (const renewal of renewals) {
    const purchaseId = renewalId(key, renewal.payment)
    const own = { accountId: key.accountId, purchaseId }
    if (!(await write(ports, key, purchaseId, renewal))) continue
    const done = await carryOut(ports, own)
    if (!done.ok) {
      const { code } = done.error
      ports.log.error('A renewal waits to be carried out', { purchase: purchaseId, code })
    }
  }
}

/** Writes the payment down; false where it is known, or is none of this subscription. */
function write(
  ports: PaymentPorts,
  key: PurchaseKey,
  id: string,
  renewal: Renewal,
): Promise<boolean> {
  const now = ports.clock.now()
  return ports.database.transaction(async ({ query }) => {
    const first = await lockPurchase(query, key)
    const { accountId } = key
    if (!first || (await findPurchase(query, { accountId, purchaseId: id }))) return false
    const { terms, memberId } = first.purchase
    if (!isAddOn(terms)) return false
    // A code counts for the first payment only.
    const { name, credits, listPrice } = terms
    const own = { name, credits, bonus: ZERO, listPrice, price: listPrice }
    const fresh = newPurchase(ports, {
      ...{ id, accountId, memberId, by: 'renewal', createdAt: renewal.at },
      terms: { kind: 'renewal', subscriptionId: key.purchaseId, ...own },
    })
    const { purchase, reception } = receive(fresh.purchase, { type: 'paid', ...renewal })
    if (reception.kind === 'refused') {
      ports.log.error('A renewal was paid that is none of this add-on', {
        purchase: key.purchaseId,
        code: reception.code,
      })
      return false
    }
    await insertPurchase(query, { ...fresh, purchase, reference: renewal.payment })
    // It is looked at for as long as it is paid.
    await savePurchase(query, { ...first, updatedAt: now })
    return true
  })
}
