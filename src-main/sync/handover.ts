/** What this machine brings to a team, and the part of it that the team then leases to it. */

import { packAccount } from '#shared/account/snapshot.ts'
import { addCredits, ZERO } from '#shared/credits/amount.ts'
import type { AccountSnapshot } from '#shared/journal/account-snapshot.ts'
import type { LeaseLine, RecordHead } from '#shared/journal/lease-facts.ts'
import { NO_RECORDS } from '#shared/records/canonical.ts'
import type { Handover } from '#shared/team/handover.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** Its account and credits as they stand. */
export function handoverOf(ledger: Pick<Ledger, 'books'>, records: RecordHead): Handover {
  const { account, balances } = ledger.books()
  return { records, account: packAccount(account), grants: [...balances.values()] }
}

/**
 * A copy of a machine brings nothing, since what it has belongs to the original. It states what its
 * books have spent.
 */
export function handoverOfCopy(ledger: Pick<Ledger, 'books'>, account: AccountSnapshot): Handover {
  const grants = [...ledger.books().balances.values()].map(({ available, ...balance }) => ({
    ...balance,
    available: ZERO,
    elsewhere: addCredits(balance.elsewhere, available),
  }))
  return { records: NO_RECORDS, account, grants }
}

/** The first lease: what was brought and unspent, as the adopting pool computes it. */
export function broughtLines({ grants }: Pick<Handover, 'grants'>): readonly LeaseLine[] {
  return grants
    .map(({ grant, available, held }) => ({
      grantId: grant.id,
      granted: addCredits(available, held),
      until: null,
    }))
    .filter(({ granted }) => granted > 0)
}
