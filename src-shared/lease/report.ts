/** Takes in what a device tells of its ledger (design: leases). */

import type { Draw } from '../credits/grant.ts'
import type { EntryDraft } from '../journal/journal.ts'
import type { RecordHead } from '../journal/lease-facts.ts'
import type { Result } from '../result.ts'
import type { Pool } from './pool.ts'

/** Of a record, what it says of credits; a label says nothing. */
export interface ReportedRecord {
  readonly sequence: number
  /** Ledger time of the device. */
  readonly at: number
  readonly spent: readonly Draw[]
  readonly returned: readonly Draw[]
  readonly expired: readonly Draw[]
}

/**
 * What records of a device write, up to `head`, the last of them. Those taken in before are passed
 * over; the chain is the caller's to check. With `fork` a copy of the device wrote them: all they
 * spent is paid by the pool, and its own stream stays where it was.
 *
 * Fails with `device_unknown`, `records_missing` (details: `expected`), `draws_not_valid`, or
 * `draws_exceed_lease`; then nothing of them counts.
 */
export function reportEntries(
  pool: Pool,
  deviceId: string,
  records: readonly ReportedRecord[],
  head: RecordHead,
  now: number,
  { fork = false }: { readonly fork?: boolean } = {},
): Result<readonly EntryDraft[]> {
  throw new Error('to come', { cause: [pool, deviceId, records, head, now, fork] })
}
