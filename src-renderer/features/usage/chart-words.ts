/** What days of the chart and their parts say. */

import { creditsInWords, formatCredits } from '../../kit/format.ts'
import type { ChartColumn, ChartSegment, UsageChart } from './chart-layout.ts'
import { spanName } from './usage-words.ts'

/** `Today · Chat · fast: 14 credits`. */
export function partText(
  { series }: UsageChart,
  { days }: ChartColumn,
  { series: index, charged }: ChartSegment,
  today: string,
): string {
  return `${spanName(days, today)} · ${series[index]?.name ?? ''}: ${creditsInWords(charged)}`
}

/** `Today: 24 credits. Chat · fast 14, Image 10`. */
export function columnText(chart: UsageChart, column: ChartColumn, today: string): string {
  const start = `${spanName(column.days, today)}: ${creditsInWords(column.total)}`
  return column.total === 0 ? start : `${start}. ${partsText(chart, column)}`
}

/** `Chat · fast 14, Image 10`, the largest first. */
export function partsText({ series }: UsageChart, { segments }: ChartColumn): string {
  return [...segments]
    .sort((left, right) => right.charged - left.charged)
    .map(({ series: index, charged }) => `${series[index]?.name ?? ''} ${formatCredits(charged)}`)
    .join(', ')
}
