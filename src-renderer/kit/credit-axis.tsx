import type { ComponentProps } from 'react'
import type { Credits } from '#shared/credits/amount.ts'
import { formatCredits } from './format.ts'
import styles from './credit-axis.module.css'

const LABEL_GAP = 8
const NARROWEST = 36
/** Of a figure in the size of the labels; generous. */
const PIXELS_PER_CHARACTER = 7

export interface CreditTick {
  readonly value: Credits
  /** In px from the top of the drawing. */
  readonly y: number
}

interface CreditAxisProps {
  readonly ticks: readonly CreditTick[]
  /** Where the lines begin and end, in px. */
  readonly left: number
  readonly right: number
}

/** The amounts of a chart at its left, each with a line across. */
export function CreditAxis({ ticks, left, right }: CreditAxisProps) {
  return (
    <g aria-hidden="true">
      {ticks.map(({ value, y }) => (
        <g key={value}>
          <line className={styles.line} x1={left} x2={right} y1={y} y2={y} />
          <AxisLabel x={left - LABEL_GAP} y={y + 4} textAnchor="end">
            {formatCredits(value)}
          </AxisLabel>
        </g>
      ))}
    </g>
  )
}

/** Words beside or under a chart, in the size of its amounts. */
export function AxisLabel(props: Omit<ComponentProps<'text'>, 'className'>) {
  return <text textAnchor="middle" {...props} className={styles.label} />
}

/** Room for the longest of the amounts, in px. */
export function creditAxisWidth(values: readonly Credits[]): number {
  const widths = values.map((value) => formatCredits(value).length * PIXELS_PER_CHARACTER)
  return Math.max(NARROWEST, ...widths.map((width) => width + 2 * LABEL_GAP))
}
