/** The policies in force as the window sees them. Times are epoch milliseconds. */

import type { AlertRule, AtZero, Cap, Entitlements } from '../catalog/policies.ts'
import type { Credits } from '../credits/amount.ts'
import type { CapUse } from '../policy/caps.ts'
import type { TrialStanding } from '../policy/entitlements.ts'
import type { CapSource } from '../policy/in-force.ts'

/** A cap in force and what is used of it. */
export interface CapView {
  readonly cap: Cap
  /** Only `own` ones may be changed here. */
  readonly source: CapSource
  /** The most used first: one for a cap that counts together, one for each value it counts apart. */
  readonly uses: readonly CapUse[]
}

export interface AlertView {
  readonly rule: AlertRule
  /** Told, and not recovered. */
  readonly active: boolean
}

export interface PoliciesView {
  readonly caps: readonly CapView[]
  readonly entitlements: Entitlements
  readonly trials: readonly TrialStanding[]
  readonly atZero: AtZero
  readonly alerts: readonly AlertView[]
  /** What alerts are measured against: charged in this cycle, and left. */
  readonly level: { readonly used: Credits; readonly left: Credits }
}
