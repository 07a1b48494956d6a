/** The balance as the window shows it: from the ledger's buckets and the authority's cycle. */

import { addCredits, type Credits, ZERO } from '#shared/credits/amount.ts'
import { availableAt } from '#shared/credits/burn-down.ts'
import { isInForce } from '#shared/credits/grant.ts'
import type { ElsewhereView } from '#shared/host/team.ts'
import type { BalanceView, UsageSummary } from '#shared/host/views.ts'
import type { BucketBalance } from '#shared/usage/views.ts'
import { paceOf } from '#shared/usage/pace.ts'
import type { Authority } from '../authority/authority.ts'
import type { Ledger } from '../ledger/ledger.ts'

export interface BalanceDeps {
  readonly ledger: Ledger
  readonly authority: Authority
  /** What the team has beyond this machine; null where there is none. */
  elsewhere(): ElsewhereView | null
}

/** What may be spent now, bucket by bucket, and what comes next. */
export function readBalance({ ledger, authority, elsewhere }: BalanceDeps): BalanceView {
  const now = ledger.now()
  const all = ledger.buckets()
  const buckets = all.filter(({ grant, held }) => isInForce(grant, now) || held > 0)
  const { index, startsAt, endsAt } = authority.cycle()
  const { plan, allowance } = authority.terms()
  return {
    available: availableAt(ledger.spendable(), now),
    elsewhere: elsewhere(),
    held: buckets.reduce((sum, { held }) => addCredits(sum, held), ZERO),
    buckets,
    cycle: { startsAt, endsAt },
    planName: plan.name,
    allowance,
    spentThisCycle: spentOfAllowance(all, index),
    nextRefill: authority.nextRefill(),
  }
}

/**
 * What this cycle's plan grants have paid; what packs and gifts paid is not part of the allowance.
 */
function spentOfAllowance(buckets: readonly BucketBalance[], cycle: number): Credits {
  return buckets
    .filter(({ grant }) => grant.source === 'plan' && grant.cycle?.index === cycle)
    .reduce((sum, { spent }) => addCredits(sum, spent), ZERO)
}

/** The three figures on top of the usage page. */
export function summarizeUsage(balance: BalanceView, now: number): UsageSummary {
  const { allowance, spentThisCycle, cycle, available } = balance
  const { perDay, runsOutAt } = paceOf({ spent: spentThisCycle, available, cycle, now })
  return { allowance, spentThisCycle, cycle, pacePerDay: perDay, runsOutAt }
}
