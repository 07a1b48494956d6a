/**
 * Buying credits: one service over a store, a processor and whoever keeps the accounts' journals.
 * The same on the server and in an app standing alone (decision 0017).
 */

import { endSubscription } from '#shared/account/subscription.ts'
import type {
  AutoRefillChoice,
  HistoryPage,
  OrderQuoteView,
  PurchasePanelView,
  PurchaseView,
} from '#shared/host/purchase.ts'
import type { Order } from '#shared/purchase/order.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { startRounds } from '../ports/rounds.ts'
import { cancel, customerOf, price, refund, resume, start, type StartRequest } from './checkout.ts'
import type { Checkout, PurchaseKey } from './gateway.ts'
import { createMessages, type Messages } from './messages.ts'
import { claimMoney } from './money.ts'
import { quoteView } from './offer-views.ts'
import { panelOf } from './panel.ts'
import { changePayer, findPayer, refillingAccounts } from './payers.ts'
import type { PaymentPorts } from './ports.ts'
import { reconcile, takeReturns } from './reconcile.ts'
import { refill, refillTerms } from './refill.ts'
import { accountsCalledBack, findPurchase, historyPage, type PurchaseRecord } from './rows.ts'
import { purchaseView } from './views.ts'

export interface Payments extends Pick<Messages, 'receive' | 'settled'> {
  panel(accountId: string): Promise<Result<PurchasePanelView>>
  quote(accountId: string, order: Order): Promise<Result<OrderQuoteView>>
  start(request: StartRequest): Promise<Result<PurchaseView>>
  resume(key: PurchaseKey): Promise<Result<PurchaseView>>
  cancel(key: PurchaseKey): Promise<Result<PurchaseView>>
  read(key: PurchaseKey): Promise<Result<PurchaseView>>
  refund(key: PurchaseKey): Promise<Result<PurchaseView>>
  history(accountId: string, before: string | null, limit: number): Promise<Result<HistoryPage>>
  /** A page where a card is saved. */
  setupCard(accountId: string, key: string): Promise<Result<Checkout>>
  removeCard(accountId: string): Promise<Result<null>>
  /** The processor's own page for cards and receipts; `no_portal` where it has none. */
  portal(accountId: string): Promise<Result<string>>
  /** Ends an add-on, at the processor first. Fails with `subscription_unknown`. */
  endAddOn(key: PurchaseKey): Promise<Result<null>>
  setAutoRefill(accountId: string, choice: AutoRefillChoice): Promise<Result<null>>
  /** Something was spent or given back: auto-refill may be due. */
  poolChanged(accountId: string): Promise<void>
  /**
   * Processes what is stored, asks the processor for what was not reported, and finishes what is
   * due.
   */
  reconcile(options?: { readonly deep: boolean }): Promise<void>
  view(record: PurchaseRecord): PurchaseView
  close(): Promise<void>
}

const MINUTE_MS = 60_000
/** How often open purchases are asked for, and how often the rest is. */
const LOOK_EVERY_MS = MINUTE_MS
const LOOKS_TO_A_DEEP_ONE = 6 * 60

/** Fails with `money_mixed` if this store has the other kind of money. */
export async function openPayments(ports: PaymentPorts): Promise<Result<Payments>> {
  const claimed = await claimMoney(ports.database, ports.gateway)
  if (!claimed.ok) return claimed
  return success(createPayments(ports))
}

function createPayments(ports: PaymentPorts): Payments {
  const { database, issuer, gateway, clock, log, timers } = ports
  const messages = createMessages(ports)
  let looks = 0
  let closed = false
  const rounds = startRounds({
    timers,
    everyMs: LOOK_EVERY_MS,
    firstMs: 0,
    work: () => everything({ deep: looks++ % LOOKS_TO_A_DEEP_ONE === 0 }),
    failed: (error) => log.error('Purchases could not be looked at', { error }),
  })

  async function everything(options: { readonly deep: boolean }): Promise<void> {
    await messages.catchUp()
    await reconcile(ports, options)
    await eachAccount(accountsCalledBack, (accountId) => takeReturns(ports, accountId))
    await eachAccount(refillingAccounts, (accountId) => refill(ports, accountId))
  }

  async function eachAccount(
    pageAfter: typeof refillingAccounts,
    work: (accountId: string) => Promise<unknown>,
  ): Promise<void> {
    let after: string | undefined = ''
    while (after !== undefined && !closed) {
      const accounts: readonly string[] = await pageAfter(database.query, after, 100)
      for (const accountId of accounts) await work(accountId)
      after = accounts.at(-1)
    }
  }

  const seen = async (record: Promise<Result<PurchaseRecord>>): Promise<Result<PurchaseView>> => {
    const result = await record
    if (!result.ok) return result
    const account = await issuer.read(result.data.purchase.accountId)
    return success(purchaseView(result.data, account.ok ? account.data.books : null, clock.now()))
  }

  const find = async (key: PurchaseKey): Promise<Result<PurchaseRecord>> => {
    const record = await findPurchase(database.query, key)
    if (record) return success(record)
    return failure('purchase_unknown', 'There is no such purchase.')
  }

  async function history(
    accountId: string,
    before: string | null,
    limit: number,
  ): Promise<Result<HistoryPage>> {
    const last = before === null ? null : await find({ accountId, purchaseId: before })
    if (last && !last.ok) return last
    const account = await issuer.read(accountId)
    if (!account.ok) return account
    const from = last ? last.data : null
    const records = await historyPage(database.query, accountId, from, limit)
    const { books } = account.data
    return success({
      purchases: records.map((record) => purchaseView(record, books, clock.now())),
      nextBefore: records.length < limit ? null : (records.at(-1)?.purchase.id ?? null),
    })
  }

  async function setAutoRefill(accountId: string, choice: AutoRefillChoice): Promise<Result<null>> {
    const account = await issuer.read(accountId)
    if (!account.ok) return account
    if (choice.enabled) {
      const { card } = await findPayer(database.query, accountId)
      if (!card) return failure('no_card', 'Save a card first: auto-refill charges it.')
      const terms = refillTerms(account.data, choice)
      if (!terms) return failure('not_possible', 'Your plan cannot buy this again and again.')
      const { amount, currency } = choice.monthlyLimit
      if (currency !== terms.price.currency || amount < terms.price.amount) {
        const message = 'The monthly limit is below what one refill costs.'
        return failure('limit_too_low', message, { price: terms.price })
      }
    }
    await changePayer(database, accountId, { refill: { ...choice, changedAt: account.data.now } })
    ports.changed(accountId, null)
    await refill(ports, accountId)
    return success(null)
  }

  return {
    receive: messages.receive,
    settled: messages.settled,
    async panel(accountId) {
      const account = await issuer.read(accountId)
      return account.ok ? success(await panelOf(ports, accountId, account.data)) : account
    },
    async quote(accountId, order) {
      const priced = await price(ports, accountId, order)
      if (!priced.ok) return priced
      const { terms, books, now } = priced.data
      return success(quoteView(books, terms, { now, taxKnown: !gateway.addsTax }))
    },
    start: (request) => seen(start(ports, request)),
    resume: (key) => seen(resume(ports, key)),
    cancel: (key) => seen(cancel(ports, key)),
    read: (key) => seen(find(key)),
    refund: (key) => seen(refund(ports, key)),
    history,
    async setupCard(accountId, key) {
      const customer = await customerOf(ports, accountId)
      if (!customer.ok) return customer
      return gateway.openCardSetup({ accountId, customer: customer.data, key })
    },
    async removeCard(accountId) {
      const { customer } = await findPayer(database.query, accountId)
      const removed = customer === null ? success(null) : await gateway.removeCard(customer)
      if (!removed.ok) return removed
      await changePayer(database, accountId, { card: null })
      ports.changed(accountId, null)
      return success(null)
    },
    async portal(accountId) {
      const customer = await customerOf(ports, accountId)
      if (!customer.ok) return customer
      const page = await gateway.portal?.(customer.data)
      return page ?? failure('no_portal', 'Cards are looked after in the panel here.')
    },
    async endAddOn(key) {
      const record = await findPurchase(database.query, key)
      if (record) {
        const ended = await gateway.endSubscription({ ...key, reference: record.reference })
        if (!ended.ok) return ended
      }
      const issued = await issuer.issue(key.accountId, [], ({ books }) =>
        endSubscription(books, key.purchaseId),
      )
      return issued.ok ? success(null) : issued
    },
    setAutoRefill,
    async poolChanged(accountId) {
      await takeReturns(ports, accountId)
      await refill(ports, accountId)
    },
    reconcile: (options = { deep: false }) => everything(options),
    view: (record) => purchaseView(record, null, clock.now()),
    async close() {
      closed = true
      await rounds.close()
      await messages.settled()
    },
  }
}
