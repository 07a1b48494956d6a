/** What happens to purchases at the sandbox: recorded first, reported then. */

import type { PaymentEvent, TimedEvent } from '#shared/purchase/events.ts'
import type { Observation, PurchaseKey } from '../gateway.ts'
import type { SandboxMessages, Told } from './messages.ts'
import { change, type PaymentRecord } from './objects.ts'
import type { SandboxPorts } from './ports.ts'

export const recordId = ({ accountId, purchaseId }: PurchaseKey) => `${accountId}/${purchaseId}`
/** A purchase is paid once here. */
export const paymentOf = (key: PurchaseKey) => `pay_${recordId(key)}`

export function keyOfPayment(payment: string): PurchaseKey | null {
  const [accountId, purchaseId] = payment.replace(/^pay_/, '').split('/')
  return accountId && purchaseId ? { accountId, purchaseId } : null
}

/** Nothing has happened yet. */
export const freshRecord = (
  key: PurchaseKey,
  session: string | null,
  price: { amount: number; currency: string },
): PaymentRecord => ({
  id: recordId(key),
  session,
  payment: null,
  total: price.amount,
  currency: price.currency,
  refunded: 0,
  refundKeys: [],
  events: [],
  card: null,
})

export const observation = (record: PaymentRecord | null): Observation => ({
  reference: record?.session ?? null,
  events: record?.events ?? [],
  card: record?.card ?? null,
  receiptUrl: null,
})

export interface Till {
  happen(
    key: PurchaseKey,
    happened: readonly PaymentEvent[],
    patch?: (known: PaymentRecord) => Partial<PaymentRecord>,
  ): Promise<PaymentRecord | null>
}

export function createTill(
  { database, clock }: SandboxPorts,
  { tell }: Pick<SandboxMessages, 'tell'>,
): Till {
  return {
    async happen(
      key: PurchaseKey,
      happened: readonly PaymentEvent[],
      patch: (known: PaymentRecord) => Partial<PaymentRecord> = () => ({}),
    ): Promise<PaymentRecord | null> {
      const events = happened.map((event): TimedEvent => ({ ...event, at: clock.now() }))
      const record = await change(database, 'payment', recordId(key), (known) =>
        known ? { ...known, ...patch(known), events: [...known.events, ...events] } : null,
      )
      if (!record) return null
      for (const event of events) await tell(`purchase.${event.type}`, toldOf(key, record, [event]))
      return record
    },
  }
}

const toldOf = (
  about: PurchaseKey,
  { session, payment, card }: PaymentRecord,
  events: readonly TimedEvent[],
): Told => ({ about, reference: session, payment, events, card, customer: null })
