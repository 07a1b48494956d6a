/**
 * The authority's side of leases (design: leases): an account's books, and what each of its devices
 * may spend of them. A fold of the authority's journal, like the books themselves.
 *
 * For every grant, what its balance has `elsewhere` is what its devices' lines have outstanding.
 */

import { type Books, EMPTY_ACCOUNT } from '../account/account.ts'
import { type Credits, millicredits, ZERO } from '../credits/amount.ts'
import { EMPTY_BALANCE } from '../journal/balance.ts'
import type { AccountSnapshot } from '../journal/account-snapshot.ts'
import type { DayUse, RecordHead } from '../journal/lease-facts.ts'

/**
 * One grant's part of a device's lease. Amounts are totals since the device joined; none shrinks
 * but `reclaimed`.
 */
export interface PoolLine {
  readonly granted: Credits
  /** Spent, returned or expired, as the device reported. */
  readonly ended: Credits
  /**
   * What the device's own books show as spent or expired, including from before it joined. It
   * cannot take up more than the rest of the grant.
   */
  readonly used: Credits
  /** Taken back unreported; what surfaces or is returned of it later lowers it again. */
  readonly reclaimed: Credits
  readonly until: number | null
}

export interface PoolDevice {
  readonly deviceId: string
  readonly memberId: string
  /** Why it gets no more leases; null while it may. */
  readonly closed: 'revoked' | 'lost' | 'left' | 'copied' | null
  /** The version of its last statement; 0 before the first. */
  readonly version: number
  /** When its lease ends, epoch milliseconds. */
  readonly expiresAt: number
  /** By grant. */
  readonly lines: ReadonlyMap<string, PoolLine>
  /** How far its records are accounted for. */
  readonly reported: RecordHead
  /** What it spent lately, by day (days since the epoch); its lease is sized by this. */
  readonly use: readonly DayUse[]
  /** What it came with and goes home with; null for one without credits of its own. */
  readonly brought: {
    readonly grantIds: readonly string[]
    readonly account: AccountSnapshot
  } | null
}

export interface Pool extends Books {
  readonly devices: ReadonlyMap<string, PoolDevice>
  /** Spending that surfaced after its lease was reclaimed and that nothing has paid for yet. */
  readonly debt: Credits
  /** All the debt ever paid. */
  readonly debtPaid: Credits
}

export const EMPTY_POOL: Pool = {
  account: EMPTY_ACCOUNT,
  balances: EMPTY_BALANCE,
  devices: new Map(),
  debt: ZERO,
  debtPaid: ZERO,
}

/** What the device may still spend or return of a line, as far as the authority knows. */
export function outstanding({ granted, ended, reclaimed }: PoolLine): Credits {
  return millicredits(granted - ended - reclaimed)
}

export const EMPTY_LINE: PoolLine = {
  granted: ZERO,
  ended: ZERO,
  used: ZERO,
  reclaimed: ZERO,
  until: null,
}
