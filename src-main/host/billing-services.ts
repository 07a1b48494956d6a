/** The calls of Plan & billing, answered from the authority's books. */

import { opened as openedAccount } from '#shared/account/terms.ts'
import { burnOrder } from '#shared/credits/burn-down.ts'
import type { Grant } from '#shared/credits/grant.ts'
import type { BillingView, BurnDownView } from '#shared/host/billing.ts'
import { type Result, success } from '#shared/result.ts'
import { burnDownMoments, burnDownSeries } from '#shared/usage/burn-down.ts'
import type { BucketBalance } from '#shared/usage/views.ts'
import { planPreview, readBilling } from './billing.ts'
import { opened } from './opened.ts'
import type { HostParts } from './parts.ts'
import type { WorkspaceKeeper } from './workspace-keeper.ts'
import type { Workspace } from './workspace.ts'

export function billingServices({ ids }: HostParts, keeper: WorkspaceKeeper) {
  return {
    'billing.read': opened<'billing.read'>(keeper, (_input, workspace) =>
      readBillingNow(workspace),
    ),
    'billing.burnDown': opened<'billing.burnDown'>(keeper, (_input, workspace) =>
      burnDown(workspace),
    ),
    'plan.preview': opened<'plan.preview'>(keeper, (choice, { authority, ledger }) => {
      const effect = authority.previewPlan({ ...choice, changeId: 'preview' })
      if (!effect.ok) return effect
      return success(planPreview(authority.books(), choice, effect.data, ledger.now()))
    }),
    'plan.change': opened<'plan.change'>(keeper, async (choice, workspace) => {
      const changed = await workspace.authority.changePlan({ ...choice, changeId: ids.next() })
      return changed.ok ? readBillingNow(workspace) : changed
    }),
    'promo.redeem': opened<'promo.redeem'>(keeper, ({ code }, { authority }) =>
      authority.redeem(code),
    ),
  }
}

/** Plan & billing as it is now. */
export async function readBillingNow({
  authority,
  ledger,
}: Workspace): Promise<Result<BillingView>> {
  const upToDate = authority.bringUpToDate()
  if (!upToDate.ok) return upToDate
  const past = await ledger.history.grantsOf(['add-on', 'overage'])
  if (!past.ok) return past
  return success(
    readBilling({
      books: authority.books(),
      now: ledger.now(),
      nextRefill: authority.nextRefill(),
      cycleGrants: past.data,
    }),
  )
}

/** Overage is not a credit one owns: it is shown beside the balance, not drawn. */
const isDrawn = ({ grant }: BucketBalance) => grant.source !== 'overage'

async function burnDown({ authority, ledger }: Workspace): Promise<Result<BurnDownView>> {
  const upToDate = authority.bringUpToDate()
  if (!upToDate.ok) return upToDate
  const { startsAt, endsAt } = authority.cycle()
  const { timeZone } = openedAccount(authority.books().account).anchor
  const present = ledger.buckets().filter(isDrawn)
  const span = { startsAt, now: ledger.now(), timeZone }
  const moments = burnDownMoments(
    span,
    present.map(({ grant }) => grant),
  )
  const balances: (readonly BucketBalance[])[] = []
  for (const moment of moments) {
    const then = await ledger.history.balanceAt(moment)
    if (!then.ok) return then
    balances.push(then.data.filter(isDrawn))
  }
  const grants = new Map<string, Grant>()
  for (const { grant } of [...balances.flat(), ...present]) grants.set(grant.id, grant)
  const series = burnDownSeries(moments, balances, [...grants.values()].sort(burnOrder))
  return success({ startsAt, endsAt, moments, series })
}
