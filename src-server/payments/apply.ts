/** Applies what a processor reports to a purchase. */

import { receive, type Reception, stateOf } from '#shared/purchase/purchase.ts'
import type { Query } from '../store/database.ts'
import type { Observation, PurchaseKey } from './gateway.ts'
import type { PaymentPorts } from './ports.ts'
import { giveUseBack } from './promo-uses.ts'
import { lockPurchase, type PurchaseRecord, savePurchase } from './rows.ts'

export interface Applied {
  readonly record: PurchaseRecord
  readonly receptions: readonly Reception[]
  readonly changed: boolean
}

/** Within a transaction; null where there is no such purchase. */
export async function applyWithin(
  query: Query,
  key: PurchaseKey,
  seen: Observation,
  now: number,
): Promise<Applied | null> {
  const known = await lockPurchase(query, key)
  if (!known) return null
  const receptions: Reception[] = []
  let { purchase } = known
  for (const event of seen.events) {
    const next = receive(purchase, event)
    purchase = next.purchase
    receptions.push(next.reception)
  }
  const card = known.card ?? seen.card
  const receiptUrl = known.receiptUrl ?? seen.receiptUrl
  const reference = known.reference ?? seen.reference
  const changed =
    purchase !== known.purchase ||
    card !== known.card ||
    receiptUrl !== known.receiptUrl ||
    reference !== known.reference
  if (!changed) return { record: known, receptions, changed }
  const record = { ...known, purchase, card, receiptUrl, reference, updatedAt: now }
  await savePurchase(query, record)
  const state = stateOf(purchase)
  const isOver = state === 'expired' || state === 'cancelled'
  const isRefused = state === 'declined' && purchase.by === 'auto-refill'
  if (isOver || isRefused) await giveUseBack(query, key.accountId, key.purchaseId)
  return { record, receptions, changed }
}

/** In a transaction of its own; notifies if something changed. */
export async function applyEvents(
  { database, clock, changed, log }: PaymentPorts,
  key: PurchaseKey,
  seen: Observation,
): Promise<PurchaseRecord | null> {
  const applied = await database.transaction(({ query }) =>
    applyWithin(query, key, seen, clock.now()),
  )
  if (!applied) return null
  logRefusals(log, key, applied.receptions)
  if (applied.changed) changed(key.accountId, applied.record)
  return applied.record
}

export function logRefusals(
  log: PaymentPorts['log'],
  key: PurchaseKey,
  receptions: readonly Reception[],
): void {
  for (const reception of receptions) {
    if (reception.kind !== 'refused') continue
    log.error('A processor told of a payment that is none of this purchase', {
      purchase: key.purchaseId,
      code: reception.code,
    })
  }
}
