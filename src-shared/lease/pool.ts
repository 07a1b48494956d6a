/**
 * The authority's side of leases (design: leases): an account's books, and what each of its devices
 * may spend of them. A fold of the authority's journal, like the books themselves.
 *
 * For every grant, what its balance has `elsewhere` is what its devices' lines have outstanding.
 */

import type { Books } from '../account/account.ts'
import { type Credits, ZERO } from '../credits/amount.ts'
import type { RecordHead } from '../journal/lease-facts.ts'

/** One grant's part of a device's lease. Amounts are totals since the device came; none shrinks but `reclaimed`. */
export interface PoolLine {
  readonly granted: Credits
  /** Spent, returned or expired, as the device reported. */
  readonly ended: Credits
  /** Taken back unreported; what surfaces of it later, or is returned, lowers it again. */
  readonly reclaimed: Credits
  readonly until: number | null
}

export interface PoolDevice {
  readonly deviceId: string
  readonly memberId: string
  /** Why it gets no more leases; null while it may. */
  readonly closed: 'revoked' | 'lost' | 'left' | 'copied' | null
  /** Of its last statement; 0 before the first. */
  readonly version: number
  /** When its lease ends, epoch milliseconds. */
  readonly expiresAt: number
  /** By grant; lines that are over and settled are dropped. */
  readonly lines: ReadonlyMap<string, PoolLine>
  /** How far its records are accounted for. */
  readonly reported: RecordHead
  /** What it spent by day (days since the epoch), lately: what its lease is sized by. */
  readonly use: readonly { readonly day: number; readonly spent: Credits }[]
}

export interface Pool extends Books {
  readonly devices: ReadonlyMap<string, PoolDevice>
  /** Spending that surfaced after its lease was reclaimed and that nothing has paid yet. */
  readonly debt: Credits
}

export function outstanding({ granted, ended, reclaimed }: PoolLine): Credits {
  const left = granted - ended - reclaimed
  if (left < 0) throw new Error(`A lease line is overdrawn by ${-left}`)
  return left as Credits
}

export const EMPTY_LINE: PoolLine = { granted: ZERO, ended: ZERO, reclaimed: ZERO, until: null }
