/**
 * Asks the processor instead of waiting for it: messages get lost, and processes end between a
 * payment and its grant. Also at every start.
 */

import { stateOf } from '#shared/purchase/purchase.ts'
import { applyEvents } from './apply.ts'
import { carryOut } from './carry-out.ts'
import type { PurchaseKey } from './gateway.ts'
import { findPayer } from './payers.ts'
import type { PaymentPorts } from './ports.ts'
import { charge } from './refill.ts'
import { renew } from './renewals.ts'
import { type PurchaseRecord, purchasesCalledBack, purchasesDue, purchasesSince } from './rows.ts'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
/** A click that never came to a page. */
const STILLBORN_MS = 60 * MINUTE_MS
const OPEN_FOR_MS = 3 * DAY_MS
/** How long refunds and disputes are asked for. */
const WATCHED_FOR_MS = 120 * DAY_MS
const PAGE = 100

/** `deep` also checks what was paid, for refunds and disputes nobody reported. */
export async function reconcile(
  ports: PaymentPorts,
  { deep }: { readonly deep: boolean },
): Promise<void> {
  const { database, clock } = ports
  for (const { purchase } of await purchasesDue(database.query, PAGE)) {
    await finish(ports, { accountId: purchase.accountId, purchaseId: purchase.id })
  }
  const now = clock.now()
  await eachSince(ports, ['created', 'pending', 'declined'], now - OPEN_FOR_MS, look)
  if (deep) {
    const ended = ['paid', 'granted', 'disputed', 'refunded', 'expired', 'cancelled'] as const
    await eachSince(ports, ended, now - WATCHED_FOR_MS, look)
  }
}

/** Machines of an account told something: what its purchases have called back may have come. */
export async function takeReturns(ports: PaymentPorts, accountId: string): Promise<void> {
  for (const { purchase } of await purchasesCalledBack(ports.database.query, accountId)) {
    await finish(ports, { accountId, purchaseId: purchase.id })
  }
}

async function eachSince(
  ports: PaymentPorts,
  states: Parameters<typeof purchasesSince>[1],
  since: number,
  step: (ports: PaymentPorts, record: PurchaseRecord) => Promise<void>,
): Promise<void> {
  let after: PurchaseKey | null = null
  for (;;) {
    const page: readonly PurchaseRecord[] = await purchasesSince(
      ports.database.query,
      states,
      since,
      after,
      PAGE,
    )
    for (const record of page) await step(ports, record)
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = { accountId: last.purchase.accountId, purchaseId: last.purchase.id }
  }
}

/** Looks at one purchase and does what follows. */
export async function look(ports: PaymentPorts, record: PurchaseRecord): Promise<void> {
  const { purchase, reference } = record
  const key = { accountId: purchase.accountId, purchaseId: purchase.id }
  if (record.gateway !== ports.gateway.name) return
  const payment = purchase.facts.paid?.payment ?? null
  if (purchase.terms.price.amount > 0 || reference !== null) {
    const seen = await ports.gateway.look({ ...key, reference, payment })
    if (!seen.ok) {
      ports.log.warn('The processor could not be asked', { code: seen.error.code })
      return
    }
    await applyEvents(ports, key, seen.data)
    if (seen.data.renewals) await renew(ports, key, seen.data.renewals)
  }
  if (purchase.by === 'auto-refill' && stateOf(purchase) === 'created') {
    const { customer } = await findPayer(ports.database.query, purchase.accountId)
    if (customer !== null) await charge(ports, record, customer)
    return
  }
  const isStillborn = stateOf(purchase) === 'created' && purchase.by === 'person'
  const now = ports.clock.now()
  if (isStillborn && now - purchase.createdAt > STILLBORN_MS) {
    const events = [{ type: 'expired', at: purchase.createdAt + STILLBORN_MS } as const]
    await applyEvents(ports, key, { reference: null, events, card: null, receiptUrl: null })
  }
  await finish(ports, key)
}

async function finish(ports: PaymentPorts, key: PurchaseKey): Promise<void> {
  const done = await carryOut(ports, key)
  if (done.ok) return
  ports.log.error('A purchase waits to be carried out', {
    purchase: key.purchaseId,
    code: done.error.code,
  })
}
