/** The burn-down as areas that stand on each other: the top edge is all that was left. */

import type { BurnDownView } from '#shared/host/billing.ts'
import { seriesAt } from '../../kit/series.ts'

/** The band of one grant: between `lower` and `upper`, in millicredits, at each moment. */
export interface BurnDownBand {
  readonly grantId: string
  readonly label: string
  /** 1–8. */
  readonly series: number
  readonly lower: readonly number[]
  readonly upper: readonly number[]
}

export interface BurnDownPlot {
  readonly bands: readonly BurnDownBand[]
  /** The most there ever was. */
  readonly top: number
}

/** Stacks the grants in the order they pay, last to pay at the bottom: what goes first is on top. */
export function stackBurnDown({ moments, series }: BurnDownView): BurnDownPlot {
  let floor: readonly number[] = moments.map(() => 0)
  const bands = series
    .map((each, index) => ({ ...each, colour: seriesAt(index) }))
    .reverse()
    .map(({ grantId, label, left, colour }) => {
      const lower = floor
      const upper = lower.map((base, at) => base + (left[at] ?? 0))
      floor = upper
      return { grantId, label, series: colour, lower, upper }
    })
  return { bands, top: Math.max(0, ...floor) }
}

/** About six days to write along the axis: the start, the end, and some between. */
export function dayStops(startsAt: number, endsAt: number, count: number): readonly number[] {
  return Array.from({ length: count + 1 }, (_, at) => startsAt + ((endsAt - startsAt) * at) / count)
}
