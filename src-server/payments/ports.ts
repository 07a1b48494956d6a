/** What payments need of the world, and what is made of it once. */

import type { Ids } from '#shared/ports/ids.ts'
import type { Log } from '#shared/ports/log.ts'
import type { Clock, Timers } from '#shared/ports/time.ts'
import type { Database } from '../store/database.ts'
import type { Gateway } from './gateway.ts'
import type { Issuer } from '#shared/purchase/issuer.ts'
import type { PurchaseRecord } from './rows.ts'

export interface PaymentPorts {
  readonly database: Database
  readonly gateway: Gateway
  readonly issuer: Issuer
  readonly clock: Clock
  readonly timers: Timers
  readonly ids: Ids
  readonly log: Log
  /** A purchase went on; null where the account's card or auto-refill changed. */
  changed(accountId: string, purchase: PurchaseRecord | null): void
}
