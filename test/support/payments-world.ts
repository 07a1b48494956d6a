/** Payments over a store in memory, one account's books, and a processor that does as it is told. */

import { entriesDue } from '#shared/account/due.ts'
import { openEntry } from '#shared/account/open.ts'
import { type Books, EMPTY_ACCOUNT } from '#shared/account/account.ts'
import { withCatalog, withEntries } from '#shared/account/state.ts'
import type { Catalog } from '#shared/catalog/catalog.ts'
import type { EntryDraft } from '#shared/journal/journal.ts'
import type { TimedEvent } from '#shared/purchase/events.ts'
import type { GrantBalance } from '#shared/journal/balance.ts'
import { failure, success } from '#shared/result.ts'
import type { Gateway, GatewayMessage, PurchaseKey } from '../../src-server/payments/gateway.ts'
import type { Issuer } from '#shared/purchase/issuer.ts'
import { openPayments, type Payments } from '../../src-server/payments/payments.ts'
import type { PaymentPorts } from '../../src-server/payments/ports.ts'
import type { Database } from '../../src-server/store/database.ts'
import { migrate } from '../../src-server/store/migrate.ts'
import { openSqlite } from '../../src-server/store/sqlite.ts'
import { catalogWith } from './books.ts'
import { unwrap } from './ledger.ts'
import { silentLog } from './silent-log.ts'

export const ACCOUNT = 'me'
const START = Date.parse('2026-11-02T09:00:00Z')

export interface FakeIssuer extends Issuer {
  readonly journal: readonly EntryDraft[]
  books(): Books
  /** Throws at the next issue: before it writes, or after. */
  crash(when: 'before' | 'after'): void
}

/** Keeps what was written, and like a real journal writes no id twice. */
function createFakeIssuer(catalog: Catalog, now: () => number, planId: string): FakeIssuer {
  let books: Books = { account: withCatalog(EMPTY_ACCOUNT, catalog, 0), balances: new Map() }
  const journal: EntryDraft[] = []
  let crash: 'before' | 'after' | null = null
  const write = (entries: readonly EntryDraft[]) => {
    for (const { id } of entries) {
      if (journal.some((entry) => entry.id === id)) throw new Error(`${id} is written twice`)
    }
    books = withEntries(books, entries)
    journal.push(...entries)
  }
  write([openEntry(ACCOUNT, { timeZone: 'Europe/Berlin', startsAt: now() }, planId, 1)])
  const upToDate = () => write(entriesDue(books, now()))
  return {
    journal,
    books: () => books,
    crash(when) {
      crash = when
    },
    async read(accountId) {
      if (accountId !== ACCOUNT) return failure('account_unknown', 'There is no such account.')
      upToDate()
      return success({ books, now: now() })
    },
    async issue(accountId, once, decide) {
      if (accountId !== ACCOUNT) return failure('account_unknown', 'There is no such account.')
      upToDate()
      const there = journal.filter(({ id }) => once.includes(id))
      if (there.length > 0) return success({ books, now: now(), entries: there, already: true })
      const dies = crash
      crash = null
      if (dies === 'before') throw new Error('The process ended')
      const entries = decide({ books, now: now() })
      if (!entries.ok) return entries
      write(entries.data)
      if (dies === 'after') throw new Error('The process ended')
      return success({ books, now: now(), entries: entries.data, already: false })
    },
  }
}

export interface FakeGateway extends Gateway {
  /** What happened there, told or not. */
  readonly events: Map<string, TimedEvent[]>
  readonly refunds: { payment: string; amount: number | null; key: string }[]
  customerCard: Awaited<ReturnType<Gateway['card']>>
  /** What a charge of the saved card comes to. */
  onCharge: (key: PurchaseKey, total: number, currency: string) => TimedEvent
}

export function createFakeGateway(now: () => number): FakeGateway {
  const events = new Map<string, TimedEvent[]>()
  const refunds: FakeGateway['refunds'] = []
  const gateway: FakeGateway = {
    events,
    refunds,
    customerCard: success({ brand: 'Visa', lastFour: '4242', expiryMonth: 1, expiryYear: 2030 }),
    onCharge: ({ purchaseId }, total, currency) => ({
      type: 'paid',
      payment: `pay_${purchaseId}`,
      ...{ total, tax: 0, currency, at: now() },
    }),
    name: 'sandbox',
    test: true,
    addsTax: false,
    local: false,
    renews: false,
    customerFor: async (accountId) => success(`cus_${accountId}`),
    openCheckout: async ({ purchaseId, expiresAt }) =>
      success({ reference: `cs_${purchaseId}`, url: `https://pay.test/${purchaseId}`, expiresAt }),
    openCardSetup: async () =>
      success({ reference: 'cs_card', url: 'https://pay.test/card', expiresAt: now() }),
    closeCheckout: async () => success(null),
    async charge({ purchaseId, accountId, price }) {
      const known = events.get(purchaseId) ?? [
        gateway.onCharge({ purchaseId, accountId }, price.amount, price.currency),
      ]
      events.set(purchaseId, known)
      return success({ reference: null, events: known, card: null, receiptUrl: null })
    },
    async refund(request) {
      if (!refunds.some(({ key }) => key === request.key)) refunds.push(request)
      return success(null)
    },
    look: async ({ purchaseId, reference }) =>
      success({ reference, events: events.get(purchaseId) ?? [], card: null, receiptUrl: null }),
    card: async () => gateway.customerCard,
    removeCard: async () => success(null),
    endSubscription: async () => success(null),
    verify: (body, signature) =>
      signature === 'good'
        ? success({ id: (JSON.parse(body) as { id: string }).id, type: 'test' })
        : failure('signature_wrong', 'The message is not signed by the processor.'),
    read: (body) => (JSON.parse(body) as { message: GatewayMessage | null }).message,
  }
  return gateway
}

/** A message as the fake processor sends it. */
export function message(
  id: string,
  about: PurchaseKey | null,
  events: readonly TimedEvent[],
  payment: string | null = null,
): string {
  const rest = { reference: null, card: null, receiptUrl: null, customer: null, ended: null }
  const read: GatewayMessage = { about, payment, events, ...rest }
  return JSON.stringify({ id, message: read })
}

export interface PaymentsWorld {
  readonly database: Database
  readonly issuer: FakeIssuer
  readonly gateway: FakeGateway
  readonly ports: PaymentPorts
  payments: Payments
  clock: { now: number }
  /** As after a crash: everything that was in memory is gone. */
  restart(): Promise<void>
  buy(
    purchaseId: string,
    offerId?: string,
    quantity?: number,
    promoCode?: string | null,
  ): Promise<number>
  /** What was bought of packs and granted. */
  packs(): readonly GrantBalance[]
  close(): Promise<void>
}

/** `catalog`: what is other than in the shipped one. */
export async function openPaymentsWorld(
  planId = 'creator',
  catalog: Parameters<typeof catalogWith>[0] = {},
): Promise<PaymentsWorld> {
  const clock = { now: START }
  const now = () => clock.now
  const database = openSqlite(':memory:', silentLog)
  await migrate(database)
  const issuer = createFakeIssuer(catalogWith(catalog), now, planId)
  const gateway = createFakeGateway(now)
  let ids = 0
  const ports: PaymentPorts = {
    database,
    gateway,
    issuer,
    clock: { now, monotonic: now },
    // Nothing happens by itself: the test says when.
    timers: { after: () => () => undefined },
    ids: { next: () => `00000000-0000-7000-8000-${String(++ids).padStart(12, '0')}` },
    log: silentLog,
    changed: () => undefined,
  }
  const world: PaymentsWorld = {
    database,
    issuer,
    gateway,
    ports,
    clock,
    payments: unwrap(await openPayments(ports)),
    async restart() {
      world.payments = unwrap(await openPayments(ports))
    },
    async buy(purchaseId, offerId = 'pack-500', quantity = 1, promoCode = null) {
      const order = { kind: 'offer', offerId, quantity, promoCode } as const
      const { price } = unwrap(await world.payments.quote(ACCOUNT, order))
      const request = { accountId: ACCOUNT, purchaseId, memberId: ACCOUNT, order }
      unwrap(await world.payments.start({ ...request, acceptedPrice: price }))
      return price.amount
    },
    packs: () =>
      [...issuer.books().balances.values()].filter(({ grant }) => grant.source === 'pack'),
    async close() {
      await world.payments.close()
      await database.close()
    },
  }
  return world
}

export const paid = (purchaseId: string, total: number, at = START): TimedEvent => ({
  type: 'paid',
  payment: `pay_${purchaseId}`,
  ...{ total, tax: 0, currency: 'USD', at },
})
