/**
 * A payment processor that moves no money: pages of its own, Stripe's test cards, signed messages.
 * So the whole of buying runs with no account anywhere. What it does to a purchase it writes down
 * first and tells then; a message that is lost is found by asking.
 */

import type { SavedCard } from '#shared/host/purchase.ts'
import type { Clock } from '#shared/ports/time.ts'
import type { Log } from '#shared/ports/log.ts'
import type { PaymentEvent, TimedEvent } from '#shared/purchase/events.ts'
import { failure, type Result, success } from '#shared/result.ts'
import type { Chance } from '../../ports/chance.ts'
import type { Database } from '../../store/database.ts'
import type { Gateway, GatewayMessage, Observation, PurchaseKey } from '../gateway.ts'
import { TEST_CARDS, type TestCard } from './cards.ts'
import { change, find, type PaymentRecord, type Session } from './objects.ts'
import { checkSignature, signMessage } from './signature.ts'

export interface SandboxPorts {
  readonly database: Database
  readonly clock: Clock
  readonly chance: Chance
  readonly log: Log
  /** Where its pages are, without a slash at the end; may change from start to start. */
  address(): Promise<Result<string>>
  /** Where it sends its messages; what is thrown or lost there is found by asking. */
  deliver(body: string, signature: string): Promise<void>
}

/** What the page does with what a person typed or clicked. */
export interface SandboxDesk {
  session(id: string): Promise<Session | null>
  /** Tries a card on an open page. */
  pay(sessionId: string, card: number): Promise<void>
  /** The bank's question was answered. */
  confirm(sessionId: string, agrees: boolean): Promise<void>
  cancel(sessionId: string): Promise<void>
}

const PAGE_LIFE_MS = 24 * 60 * 60_000
const recordId = ({ accountId, purchaseId }: PurchaseKey) => `${accountId}/${purchaseId}`
/** A purchase is paid once here. */
const paymentOf = (key: PurchaseKey) => `pay_${recordId(key)}`

function keyOfPayment(payment: string): PurchaseKey | null {
  const [accountId, purchaseId] = payment.replace(/^pay_/, '').split('/')
  return accountId && purchaseId ? { accountId, purchaseId } : null
}

interface Told {
  readonly about: PurchaseKey | null
  readonly reference: string | null
  readonly payment: string | null
  readonly events: readonly TimedEvent[]
  readonly card: SavedCard | null
  readonly customer: GatewayMessage['customer']
}

export function createSandbox(ports: SandboxPorts): {
  readonly gateway: Gateway
  readonly desk: SandboxDesk
} {
  const { database, clock, chance, log } = ports
  // Messages do not outlive the process that signs them; what is lost is asked for.
  const secret = Buffer.from(chance.bytes(32)).toString('base64url')
  const unguessable = (prefix: string) =>
    `${prefix}_${Buffer.from(chance.bytes(24)).toString('base64url')}`

  async function tell(type: string, told: Told): Promise<void> {
    const body = JSON.stringify({ id: unguessable('evt'), type, ...told })
    try {
      await ports.deliver(body, signMessage(body, secret, clock.now()))
    } catch (error) {
      log.warn('A message of the sandbox was not taken', { type, error })
    }
  }

  /** Writes down what happens to a purchase, then tells it. */
  async function happen(
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
  }

  const toldOf = (
    about: PurchaseKey,
    { session, payment, card }: PaymentRecord,
    events: readonly TimedEvent[],
  ): Told => ({ about, reference: session, payment, events, card, customer: null })

  async function saveCard(customer: string, testCard: number): Promise<SavedCard | null> {
    const card = savedCard(TEST_CARDS[testCard])
    const saved = await change(database, 'customer', customer, (known) =>
      known ? { ...known, card, testCard } : null,
    )
    if (!saved) return null
    const { accountId } = saved
    await tell('customer.card', { ...NOTHING, customer: { accountId } })
    return card
  }

  async function take(session: Session, at: number): Promise<void> {
    const card = TEST_CARDS[at]
    const { about, price } = session
    if (!card) return
    const saved = await saveCard(session.customer, at)
    if (!about || !price) return
    const payment = paymentOf(about)
    const { amount: total, currency } = price
    const paid = { type: 'paid', payment, total, tax: 0, currency } as const
    const disputeId = unguessable('dp')
    const dispute = { type: 'disputed', payment, disputeId, amount: total, status: 'open' } as const
    await happen(about, card.disputed ? [paid, dispute] : [paid], () => ({
      payment,
      card: saved,
    }))
  }

  const live = async (id: string): Promise<Session | null> => {
    const session = await find(database.query, 'session', id)
    if (session?.state !== 'open' || clock.now() < session.expiresAt) return session
    return expire(id)
  }

  async function expire(id: string): Promise<Session | null> {
    const [session, ended] = await moved(id, (known) =>
      known.state === 'open' ? { state: 'expired', asks: null } : null,
    )
    if (ended && session?.about) await happen(session.about, [{ type: 'expired' }])
    return session
  }

  /** Moves an open page on; whoever is second finds it closed and does nothing. */
  async function step(id: string, next: Partial<Session>): Promise<Session | null> {
    const [session, done] = await moved(id, (known) =>
      known.state === 'open' && clock.now() < known.expiresAt ? next : null,
    )
    return done ? session : null
  }

  /** The page as it is then, and whether it was this that changed it. */
  async function moved(
    id: string,
    decide: (known: Session) => Partial<Session> | null,
  ): Promise<readonly [Session | null, boolean]> {
    const outcome = { changed: false }
    const session = await change(database, 'session', id, (known) => {
      const next = known && decide(known)
      outcome.changed = next !== null
      return known && next ? { ...known, ...next } : null
    })
    return [session, outcome.changed]
  }

  async function decline(session: Session, code: Exclude<TestCard['onPage'], 'pays' | 'asks'>) {
    await step(session.id, { message: code, asks: null })
    if (session.about) await happen(session.about, [{ type: 'declined', code }])
  }

  const desk: SandboxDesk = {
    session: live,
    async pay(sessionId, at) {
      const session = await live(sessionId)
      const card = TEST_CARDS[at]
      if (session?.state !== 'open' || !card) return
      const { onPage } = card
      if (onPage === 'asks') await step(sessionId, { asks: at, message: null })
      else if (onPage !== 'pays') await decline(session, onPage)
      else if (await step(sessionId, { state: 'complete', message: null })) await take(session, at)
    },
    async confirm(sessionId, agrees) {
      const session = await live(sessionId)
      if (session?.state !== 'open' || session.asks === null) return
      if (!agrees) await decline(session, 'authentication_failed')
      else if (await step(sessionId, { state: 'complete', asks: null, message: null })) {
        await take(session, session.asks)
      }
    },
    async cancel(sessionId) {
      const session = await step(sessionId, { state: 'expired', asks: null })
      if (session?.about) await happen(session.about, [{ type: 'cancelled' }])
    },
  }

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

  const observation = (record: PaymentRecord | null): Observation => ({
    reference: record?.session ?? null,
    events: record?.events ?? [],
    card: record?.card ?? null,
    receiptUrl: null,
  })

  const fresh = (
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
    async openCheckout({ accountId, purchaseId, customer, name, price, renews, expiresAt }) {
      const address = await ports.address()
      if (!address.ok) return address
      const about = { accountId, purchaseId }
      const record = await change(
        database,
        'payment',
        recordId(about),
        (known) => known ?? fresh(about, unguessable('cs'), price),
      )
      const id = record?.session ?? unguessable('cs')
      const until = Math.min(expiresAt, clock.now() + PAGE_LIFE_MS)
      const session = await openSession(id, {
        kind: 'payment',
        ...{ about, accountId, customer, name, price, renews, expiresAt: until },
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
        (known) => known ?? fresh(key, null, price),
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
      if (reference) await live(reference)
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
    verify(body, signature) {
      const checked = checkSignature(body, signature, secret, clock.now())
      if (!checked.ok) return checked
      const { id, type } = JSON.parse(body) as { id: string; type: string }
      return success({ id, type })
    },
    read(body) {
      const { about, reference, payment, events, card, customer } = JSON.parse(body) as Told
      return { about, reference, payment, events, card, customer, receiptUrl: null, ended: null }
    },
  }

  return { gateway, desk }
}

const NOTHING: Told = {
  about: null,
  reference: null,
  payment: null,
  events: [],
  card: null,
  customer: null,
}

const savedCard = (card: TestCard | undefined): SavedCard | null =>
  card
    ? { brand: card.brand, lastFour: card.number.slice(-4), expiryMonth: 12, expiryYear: 2034 }
    : null
