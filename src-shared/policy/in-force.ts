/** The policies in force for an account: the catalog's, its plan's, what overrides them, its own. */

import type { Catalog } from '../catalog/catalog.ts'
import type { Plan } from '../catalog/plans.ts'
import type { AlertRule, AtZero, Cap, Entitlements } from '../catalog/policies.ts'
import type { Override } from '../journal/account-change.ts'

export interface PolicySources {
  readonly catalog: Catalog
  readonly plan: Plan
  /** Those in force; where several set the same thing, the last one counts. */
  readonly overrides: readonly Override[]
  /** What people of the account set. */
  readonly caps: readonly Cap[]
}

/** Who set a cap; only people's own may be changed in the app. */
export type CapSource = 'catalog' | 'plan' | 'override' | 'own'

export interface CapInForce {
  readonly cap: Cap
  readonly source: CapSource
}

export interface Policies {
  /** Each of them counts: the tightest wins. */
  readonly caps: readonly CapInForce[]
  readonly entitlements: Entitlements
  readonly atZero: AtZero
  readonly alerts: readonly AlertRule[]
}

/**
 * What is in force. An override's cap replaces the catalog's or plan's cap of the same id, so it
 * can loosen it for a time; people's own caps are added on top, so they can only tighten.
 */
export function policiesInForce({ catalog, plan, overrides, caps }: PolicySources): Policies {
  const overriding = new Map<string, Cap>()
  for (const override of overrides) {
    for (const cap of override.caps ?? []) overriding.set(cap.id, cap)
  }
  const listed = (from: readonly Cap[], source: CapSource): readonly CapInForce[] =>
    from.filter(({ id }) => !overriding.has(id)).map((cap) => ({ cap, source }))
  return {
    caps: [
      ...listed(catalog.caps, 'catalog'),
      ...listed(plan.caps, 'plan'),
      ...[...overriding.values()].map((cap): CapInForce => ({ cap, source: 'override' })),
      ...caps.map((cap): CapInForce => ({ cap, source: 'own' })),
    ],
    entitlements:
      overrides.findLast(({ entitlements }) => entitlements)?.entitlements ?? plan.entitlements,
    atZero: overrides.findLast(({ atZero }) => atZero)?.atZero ?? plan.atZero,
    alerts: plan.alerts ?? catalog.alerts,
  }
}
