/** How a run ends on the books (design: one AI call). The same rule for every way of ending. */

import type { Outcome } from './journal.ts'
import type { OperationRate } from '../catalog/rates.ts'
import { type Charge, chargeWithin, type QuotedPrice } from '../pricing/rate-card.ts'
import type { Units } from '../credits/units.ts'

/** What reached the user so far, as counted by the provider or here. */
export interface Delivery {
  readonly units: Units
  /** `local`: counted here because the provider has reported nothing. */
  readonly usageSource: 'provider' | 'local'
}

export type Conclusion =
  | {
      readonly kind: 'settle'
      readonly outcome: Outcome
      readonly units: Units
      readonly usageSource: 'provider' | 'local'
      readonly charge: Charge
    }
  | { readonly kind: 'void'; readonly outcome: Outcome; readonly reason: string | null }

/**
 * Whatever the reason for ending: what was delivered is charged, by the `rate` it was quoted at and
 * never above what was promised; a run that delivered nothing is void. `reason` is the code of what
 * went wrong, null when nothing did.
 */
export function concludeRun(
  rate: OperationRate,
  promise: QuotedPrice,
  delivery: Delivery | null,
  outcome: Outcome,
  reason: string | null,
): Conclusion {
  if (!delivery) return { kind: 'void', outcome, reason }
  const charge = chargeWithin(rate, promise, delivery.units)
  return { kind: 'settle', outcome, ...delivery, charge }
}
