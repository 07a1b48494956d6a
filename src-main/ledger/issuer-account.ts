/** The account that an issuer's journal begins with. */

import type { AccountSnapshot } from '#shared/journal/account-snapshot.ts'
import { handoverSchema } from '#shared/team/handover.ts'
import type { IssuerEntry } from './issuer-entries.ts'

/**
 * What was in force when the pool was made from a machine that came with an account; null if the
 * account was opened by an entry of its own.
 */
export function accountSnapshotOf(entries: readonly IssuerEntry[]): AccountSnapshot | null {
  for (const { facts } of entries) {
    if (facts.kind === 'account') return null
    if (facts.kind !== 'adopt') continue
    const read = handoverSchema.shape.account.safeParse(facts['account'])
    return read.success ? read.data : null
  }
  return null
}
