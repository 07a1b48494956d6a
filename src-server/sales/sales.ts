/**
 * The server sells to its teams: payments over its store and its authority, with Stripe where its
 * keys are given, else with the sandbox and its test money.
 */

import { poolRefundEntries } from '#shared/lease/refund.ts'
import type { Ids } from '#shared/ports/ids.ts'
import type { Log } from '#shared/ports/log.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import { type Result, success } from '#shared/result.ts'
import type { Authority } from '../authority/authority.ts'
import type { Gateway } from '../payments/gateway.ts'
import { openPayments, type Payments } from '../payments/payments.ts'
import type { PaymentIssuer, PaymentPorts } from '../payments/ports.ts'
import { createReports } from '../payments/reports.ts'
import { createSandbox } from '../payments/sandbox/sandbox.ts'
import { createSandboxSite } from '../payments/sandbox/site.ts'
import { createStripeGateway, type StripeSettings } from '../payments/stripe/stripe-gateway.ts'
import type { Chance } from '../ports/chance.ts'
import type { Database, Transaction } from '../store/database.ts'
import { type News, tellAccount } from '../sync/news.ts'
import { sealOf } from '../teams/hashes.ts'
import { createFindCharge } from './charges.ts'
import { type BuyingHandlers, createBuyingHandlers } from './handlers.ts'
import { createRefillWatch } from './refill-watch.ts'

/** Stripe, as whoever runs the server set it up. */
export type StripeChoice = Pick<
  StripeSettings,
  'secretKey' | 'webhookSecret' | 'automaticTax' | 'fetch'
>

export interface SalesDeps {
  readonly database: Database
  readonly issuer: PaymentIssuer
  readonly authority: Pick<Authority, 'entriesAfter'>
  /** Known to every process on the store: their pages are at the same place. */
  readonly secret: Uint8Array
  /** Null: the sandbox. */
  readonly stripe: StripeChoice | null
  /** Where browsers reach the server; asked for once it listens. */
  address(): string
  readonly clock: Clock
  readonly timers: Timers
  readonly ids: Ids
  readonly chance: Chance
  readonly log: Log
}

/** Pages that the server shows for the processor. */
export interface Pages {
  /** Where they are: a path that nobody can guess. */
  readonly path: string
  readonly answer: ReturnType<typeof createSandboxSite>
}

export interface Sales extends Pick<Payments, 'receive'> {
  readonly handlers: BuyingHandlers
  readonly processor: Gateway['name']
  /** Null where the processor shows its own. */
  readonly pages: Pages | null
  /** Machines told of runs: auto-refill may be due. */
  poolChanged(accountId: string): void
  close(): Promise<void>
}

/** Fails with `money_mixed` where the store has money of the other kind. */
export async function openSales(deps: SalesDeps): Promise<Result<Sales>> {
  const { database, clock, timers, ids, log } = deps

  function tell(accountId: string, news: News, transaction?: Transaction): void {
    if (transaction) {
      tellAccount(transaction, accountId, news)
      return
    }
    database
      .transaction(async (own) => tellAccount(own, accountId, news))
      .catch((error: unknown) => log.warn('News of a purchase were not told', { error }))
  }

  const opened: { payments: Payments | null } = { payments: null }
  const { gateway, pages } = processorOf(deps, async (body, signature) => {
    const taken = await opened.payments?.receive(body, signature)
    if (taken && !taken.ok) log.warn('A message was not taken', { code: taken.error.code })
  })
  const ports: PaymentPorts = {
    ...{ database, gateway, clock, timers, ids, log },
    issuer: deps.issuer,
    changed: (accountId, record, transaction) =>
      tell(accountId, { about: 'purchase', purchaseId: record?.purchase.id ?? null }, transaction),
  }
  const payments = await openPayments(ports)
  if (!payments.ok) return payments
  opened.payments = payments.data
  const findCharge = createFindCharge(deps)
  const watch = createRefillWatch({ timers, log, look: payments.data.poolChanged })
  return success({
    processor: gateway.name,
    pages,
    receive: payments.data.receive,
    poolChanged: watch.changed,
    handlers: createBuyingHandlers({
      database,
      payments: payments.data,
      reports: createReports({ ...ports, findCharge, refund: poolRefundEntries }),
      findCharge,
      reported: (accountId, reportId) => tell(accountId, { about: 'report', reportId }),
    }),
    async close() {
      await watch.close()
      await payments.data.close()
    },
  })
}

type Deliver = (body: string, signature: string) => Promise<void>

function processorOf(
  deps: SalesDeps,
  deliver: Deliver,
): { readonly gateway: Gateway; readonly pages: Pages | null } {
  const { stripe, database, clock, chance, log } = deps
  if (stripe) {
    const returnUrl = () => `${deps.address()}${RETURN_PATH}`
    return { gateway: createStripeGateway({ ...stripe, returnUrl, clock, log }), pages: null }
  }
  const room = Buffer.from(sealOf(deps.secret, ['sandbox'])).toString('base64url')
  const path = `/sandbox/${room}`
  const { gateway, desk } = createSandbox({
    ...{ database, clock, chance, log, deliver },
    address: async () => success(`${deps.address()}${path}`),
  })
  return { gateway, pages: { path, answer: createSandboxSite(desk, deps.address) } }
}

/** What a processor sends people back to. It proves nothing, and nothing follows from it. */
export const RETURN_PATH = '/bought'
