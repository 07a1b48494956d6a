/** What payments need of the world, and what is made of it once. */

import type { Ids } from '#shared/ports/ids.ts'
import type { Log } from '#shared/ports/log.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import type { Database, Transaction } from '../store/database.ts'
import type { Gateway } from './gateway.ts'
import type { Issuer } from '#shared/purchase/issuer.ts'
import type { PurchaseRecord } from './rows.ts'

/** Whoever keeps the accounts' journals. */
export interface PaymentIssuer extends Issuer {
  /**
   * `issue` in a transaction that has locked the account; absent where the journals are in a store of
   * their own.
   */
  issueWithin?(
    transaction: Transaction,
    ...[accountId, once, decide]: Parameters<Issuer['issue']>
  ): ReturnType<Issuer['issue']>
}

export interface PaymentPorts {
  readonly database: Database
  readonly gateway: Gateway
  readonly issuer: PaymentIssuer
  readonly clock: Clock
  readonly timers: Timers
  readonly ids: Ids
  readonly log: Log
  /**
   * A purchase went on; null where the account's card or auto-refill changed. Within a transaction it
   * is told once that has committed.
   */
  changed(accountId: string, purchase: PurchaseRecord | null, transaction?: Transaction): void
}
