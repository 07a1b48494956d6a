/**
 * Buying credits in an app that stands alone: the server's own payments over a file of this machine,
 * with the sandbox as the processor (decision 0017). No money moves, no server is needed.
 */

import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { refundEntries } from '#shared/account/refund.ts'
import type { PurchaseView } from '#shared/host/purchase.ts'
import type { Ids } from '#shared/ports/ids.ts'
import type { Log } from '#shared/ports/log.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { openPayments, type Payments } from '../../src-server/payments/payments.ts'
import type { PaymentPorts } from '../../src-server/payments/ports.ts'
import { createReports, type FindCharge } from '../../src-server/payments/reports.ts'
import { createSandboxSite } from '../../src-server/payments/sandbox/site.ts'
import { createSandbox } from '../../src-server/payments/sandbox/sandbox.ts'
import type { Database } from '../../src-server/store/database.ts'
import { migrate } from '../../src-server/store/migrate.ts'
import { openSqlite } from '../../src-server/store/sqlite.ts'
import { createCheckoutDoor } from './door.ts'
import type { Shop } from './shop.ts'
import { createLocalShop } from './local-shop.ts'
import { createLocalIssuer, type OpenBooks } from './local-issuer.ts'

export type { ChargeFacts } from '../../src-server/payments/reports.ts'

export const PAYMENTS_FILE = 'payments.sqlite'

export interface PurchaseDeps {
  readonly directory: string
  readonly accountId: string
  readonly clock: Clock
  readonly timers: Timers
  readonly ids: Ids
  readonly log: Log
  readonly open: OpenBooks
  readonly findCharge: FindCharge
  /** A purchase went on; null where the card or auto-refill changed. */
  changed(purchase: PurchaseView | null): void
  /** A charge was reported, or the report answered. */
  reported(reportId: string): void
}

export interface Purchases {
  /** The service, opened when first needed. Fails with `payments_unavailable`. */
  shop(): Promise<Result<Shop>>
  /** The balance changed: auto-refill may be due. Costs nothing before anything was ever bought. */
  balanceChanged(): void
  close(): Promise<void>
}

export function createPurchases(deps: PurchaseDeps): Purchases {
  const { directory, log, accountId } = deps
  const file = path.join(directory, PAYMENTS_FILE)
  let opening: Promise<Result<Shop>> | null = null
  let opened: Payments | null = null
  let database: Database | null = null
  /** The check in progress, and one more after it. */
  let looks = 0
  let closed = false
  let site: ReturnType<typeof createSandboxSite> | null = null
  const door = createCheckoutDoor(() => site, log)

  async function open(): Promise<Result<Shop>> {
    try {
      database = openSqlite(file, log)
      await migrate(database)
      return await assemble(database)
    } catch (error) {
      log.error('Payments cannot be opened', { error })
      await database?.close()
      database = null
      return failure(
        'payments_unavailable',
        'Purchases cannot be read on this machine. What you have is not touched.',
      )
    }
  }

  async function assemble(store: Database): Promise<Result<Shop>> {
    const { clock, timers, ids } = deps
    const { gateway, desk } = createSandbox({
      database: store,
      clock,
      chance: { bytes: (count) => randomBytes(count) },
      log,
      address: door.address,
      deliver: async (body, signature) => {
        const taken = await payments?.receive(body, signature)
        if (taken && !taken.ok) log.warn('A message was not taken', { code: taken.error.code })
      },
    })
    site = createSandboxSite(desk, door.origin)
    let payments: Payments | null = null
    const ports: PaymentPorts = {
      database: store,
      gateway,
      issuer: createLocalIssuer(accountId, deps.open),
      ...{ clock, timers, ids, log },
      changed(_account, record, transaction) {
        const tell = () => deps.changed(record && (payments?.view(record) ?? null))
        if (transaction) transaction.afterwards(tell)
        else tell()
      },
    }
    const made = await openPayments(ports)
    if (!made.ok) return made
    payments = made.data
    opened = payments
    const reports = createReports({ ...ports, findCharge: deps.findCharge, refund: refundEntries })
    return success(createLocalShop({ accountId, payments, reports, reported: deps.reported }))
  }

  const ready = async (): Promise<Result<Shop>> => {
    if (closed) return failure('payments_unavailable', 'Tallystick is closing.')
    opening ??= open()
    const result = await opening
    if (!result.ok) opening = null
    return result
  }

  /** One check at a time; a change meanwhile causes another. */
  async function look(): Promise<void> {
    if (looks > 0) {
      looks = 2
      return
    }
    for (looks = 1; looks > 0; looks--) {
      await opened?.poolChanged(accountId).catch((error: unknown) => {
        log.error('Auto-refill could not look', { error })
      })
    }
  }

  // A crash between a payment and its grant is repaired now, not at the next click.
  if (existsSync(file)) void ready()

  return {
    shop: ready,
    balanceChanged() {
      if (opened && !closed) void look()
    },
    async close() {
      if (closed) return
      closed = true
      await opening
      await door.close()
      await opened?.close()
      await database?.close()
    },
  }
}
