/** What this machine brings to a team, and what of it the team then leases to it. */

import { packAccount } from '#shared/account/snapshot.ts'
import { addCredits, ZERO } from '#shared/credits/amount.ts'
import type { LeaseLine, RecordHead } from '#shared/journal/lease-facts.ts'
import type { Handover } from '#shared/team/handover.ts'
import type { Ledger } from '../ledger/ledger.ts'

/** Its account and credits as they stand; what an earlier team has of these counts as spent. */
export function handoverOf(ledger: Pick<Ledger, 'books'>, records: RecordHead): Handover {
  const { account, balances } = ledger.books()
  return {
    records,
    account: packAccount(account),
    grants: [...balances.values()].map(({ elsewhere, ...balance }) => ({
      ...balance,
      spent: addCredits(balance.spent, elsewhere),
      elsewhere: ZERO,
    })),
  }
}

/** The first lease: what was brought and unspent, as the adopting pool reckons it. */
export function broughtLines({ grants }: Pick<Handover, 'grants'>): readonly LeaseLine[] {
  return grants
    .map(({ grant, available, held }) => ({
      grantId: grant.id,
      granted: addCredits(available, held),
      until: null,
    }))
    .filter(({ granted }) => granted > 0)
}
