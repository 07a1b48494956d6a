/** What the balance popover draws: one segment per grant in force, in the order they pay. */

import type { Credits } from '#shared/credits/amount.ts'
import type { BucketBalance } from '#shared/usage/views.ts'
import { seriesAt } from '../../kit/series.ts'

export interface BalanceSegment {
  readonly grantId: string
  readonly label: string
  readonly available: Credits
  readonly expiresAt: number | null
  /** 1–8. */
  readonly series: number
}

/** The grants that can still pay something. */
export function balanceSegments(buckets: readonly BucketBalance[]): readonly BalanceSegment[] {
  return buckets
    .filter(({ available }) => available > 0)
    .map(({ grant, available }, index) => ({
      grantId: grant.id,
      label: grant.label,
      available,
      expiresAt: grant.expiresAt,
      series: seriesAt(index),
    }))
}
