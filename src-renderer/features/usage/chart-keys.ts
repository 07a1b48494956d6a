/** Where arrow keys lead in the usage chart: from day to day, and up and down within one. */

import type { UsageChart } from './chart-layout.ts'

export interface ChartPlace {
  readonly column: number
  /** The series of a part of the bar; null for the whole of its days. */
  readonly series: number | null
}

/** Null when the key leads nowhere. Sideways it stays on the same operation where there is one. */
export function moveInChart(
  key: string,
  { column, series }: ChartPlace,
  { columns, series: all }: Pick<UsageChart, 'columns' | 'series'>,
): ChartPlace | null {
  /** The whole first, then its parts from the bottom. */
  const partsOf = (index: number) => [
    null,
    ...(columns[index]?.segments ?? [])
      .map((segment) => segment.series)
      .filter((each) => all[each]?.operation != null),
  ]
  const last = columns.length - 1
  const to = (index: number) => ({
    column: index,
    series: partsOf(index).includes(series) ? series : null,
  })
  const up = (steps: number) => {
    const parts = partsOf(column)
    const at = Math.max(0, Math.min(parts.length - 1, parts.indexOf(series) + steps))
    return { column, series: parts[at] ?? null }
  }
  switch (key) {
    case 'ArrowLeft':
      return to(Math.max(0, column - 1))
    case 'ArrowRight':
      return to(Math.min(last, column + 1))
    case 'Home':
      return to(0)
    case 'End':
      return to(last)
    case 'ArrowUp':
      return up(1)
    case 'ArrowDown':
      return up(-1)
    default:
      return null
  }
}
