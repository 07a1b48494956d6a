/**
 * A payment processor that moves no money: its own pages, Stripe's test cards, signed messages. It
 * lets all of buying run with no account anywhere. What it does to a purchase it records first and
 * reports then; a lost message is found by asking.
 */

import { failure, success } from '#shared/result.ts'
import type { Gateway } from '../gateway.ts'
import { TEST_CARDS } from './cards.ts'
import { createPages, type SandboxDesk } from './desk.ts'
import { createSandboxMessages } from './messages.ts'
import { change, find, type Session } from './objects.ts'
import type { SandboxPorts } from './ports.ts'
import { createTill, freshRecord, keyOfPayment, observation, paymentOf, recordId } from './till.ts'

const PAGE_LIFE_MS = 24 * 60 * 60_000

export function createSandbox(ports: SandboxPorts): {
  readonly gateway: Gateway
  readonly desk: SandboxDesk
} {
  const { database, clock, chance } = ports
  const unguessable = (prefix: string) =>
    `${prefix}_${Buffer.from(chance.bytes(24)).toString('base64url')}`
  const messages = createSandboxMessages(ports, unguessable)
  const till = createTill(ports, messages)
  const { happen } = till
  const { desk, expire } = createPages(ports, till, messages, unguessable)

  async function openSession(
    id: string,
    session: Omit<Session, 'id' | 'state' | 'asks' | 'message' | 'createdAt'>,
  ): Promise<Session> {
    const kept = await change(
      database,
      'session',
      id,
      (known) =>
        known ?? {
          ...session,
          id,
          createdAt: clock.now(),
          state: 'open',
          asks: null,
          message: null,
        },
    )
    return kept as Session
  }

  const gateway: Gateway = {
    name: 'sandbox',
    test: true,
    addsTax: false,
    local: true,
    renews: false,
    async customerFor(accountId) {
      const id = `cus_${accountId}`
      await change(
        database,
        'customer',
        id,
        (known) => known ?? { id, accountId, card: null, testCard: null },
      )
      return success(id)
    },
    async openCheckout({ accountId, purchaseId, customer, name, price, renewsAt, expiresAt }) {
      const address = await ports.address()
      if (!address.ok) return address
      const about = { accountId, purchaseId }
      const record = await change(
        database,
        'payment',
        recordId(about),
        (known) => known ?? freshRecord(about, unguessable('cs'), price),
      )
      const id = record?.session ?? unguessable('cs')
      const until = Math.min(expiresAt, clock.now() + PAGE_LIFE_MS)
      const session = await openSession(id, {
        kind: 'payment',
        ...{ about, accountId, customer, name, price, expiresAt: until },
        renews: renewsAt !== null,
      })
      const url = `${address.data}/checkout/${id}`
      return success({ reference: id, url, expiresAt: session.expiresAt })
    },
    async openCardSetup({ accountId, customer }) {
      const address = await ports.address()
      if (!address.ok) return address
      const id = unguessable('cs')
      const { expiresAt } = await openSession(id, {
        kind: 'setup',
        ...{ about: null, accountId, customer, name: 'A card for later', price: null },
        renews: false,
        expiresAt: clock.now() + PAGE_LIFE_MS,
      })
      return success({ reference: id, url: `${address.data}/checkout/${id}`, expiresAt })
    },
    async closeCheckout(reference) {
      await expire(reference)
      return success(null)
    },
    async charge({ accountId, purchaseId, customer, price }) {
      const key = { accountId, purchaseId }
      const holder = await find(database.query, 'customer', customer)
      const card = holder?.testCard == null ? null : TEST_CARDS[holder.testCard]
      const record = await change(
        database,
        'payment',
        recordId(key),
        (known) => known ?? freshRecord(key, null, price),
      )
      if (record && record.events.length > 0) return success(observation(record))
      const later = card?.later ?? 'no_card'
      if (later !== 'pays') {
        return success(observation(await happen(key, [{ type: 'declined', code: later }])))
      }
      const payment = paymentOf(key)
      const { amount: total, currency } = price
      const paid = { type: 'paid', payment, total, tax: 0, currency } as const
      const patch = { payment, card: holder?.card ?? null }
      return success(observation(await happen(key, [paid], () => patch)))
    },
    async refund({ payment, amount, key }) {
      const about = keyOfPayment(payment)
      if (!about) return failure('refund_refused', 'There is no such payment.')
      const outcome = { isNew: false }
      const record = await change(database, 'payment', recordId(about), (known) => {
        outcome.isNew = known !== null && !known.refundKeys.includes(key)
        if (!known || !outcome.isNew) return null
        const total = Math.min(known.total, known.refunded + (amount ?? known.total))
        return { ...known, refunded: total, refundKeys: [...known.refundKeys, key] }
      })
      if (!record) return failure('refund_refused', 'There is no such payment.')
      const { refunded: total } = record
      if (outcome.isNew) await happen(about, [{ type: 'refunded', payment, total }])
      return success(null)
    },
    async look({ accountId, purchaseId, reference }) {
      if (reference) await desk.session(reference)
      const record = await find(database.query, 'payment', recordId({ accountId, purchaseId }))
      return success(observation(record))
    },
    async card(customer) {
      return success((await find(database.query, 'customer', customer))?.card ?? null)
    },
    async removeCard(customer) {
      await change(database, 'customer', customer, (known) =>
        known ? { ...known, card: null, testCard: null } : null,
      )
      return success(null)
    },
    endSubscription: async () => success(null),
    verify: messages.verify,
    read: messages.read,
  }

  return { gateway, desk }
}
