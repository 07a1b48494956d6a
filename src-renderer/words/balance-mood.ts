/** Whether there is enough: what the balance chip's colour and the Get credits panel go by. */

import type { BalanceView } from '#shared/host/views.ts'

export type BalanceMood = 'enough' | 'low' | 'none'

/** Low: under a twentieth of the plan's allowance. */
export function balanceMood({ available, allowance }: BalanceView): BalanceMood {
  if (available <= 0) return 'none'
  return allowance > 0 && available * 20 < allowance ? 'low' : 'enough'
}
