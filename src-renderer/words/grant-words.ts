/** What a grant is, beside its own label: where its credits come from and what they are for. */

import { type Grant, type GrantSource, isRolledOver } from '#shared/credits/grant.ts'

const SOURCES: Readonly<Record<GrantSource, string>> = {
  plan: 'Plan',
  pack: 'Pack',
  'add-on': 'Add-on',
  promo: 'Promo code',
  trial: 'Trial',
  referral: 'Referral',
  refund: 'Refund',
  adjustment: 'Adjustment',
  earnings: 'Earnings',
  overage: 'Overage',
}

export const sourceName = (source: GrantSource): string => SOURCES[source]

/** `Rolled over`, `Only for Chat · fast`, … in the order to show them; often none. */
export function grantRemarks(
  grant: Grant,
  now: number,
  operationNames: ReadonlyMap<string, string>,
): readonly string[] {
  const remarks: string[] = []
  if (isRolledOver(grant, now)) remarks.push('Rolled over')
  if (grant.effectiveAt > now) remarks.push('Not yet in force')
  if (grant.operations) {
    const names = grant.operations.map((id) => operationNames.get(id) ?? id)
    remarks.push(`Only for ${names.join(', ')}`)
  }
  return remarks
}
