import { type KeyboardEvent, useRef, useState } from 'react'
import { creditsInWords, formatCredits } from '../../kit/format.ts'
import { classes } from '../../kit/classes.ts'
import { type ChartColumn, seriesColour, type UsageChart } from './chart-layout.ts'
import { type DaySpan, formatDaySpan } from './date-range.ts'
import { spanName } from './usage-words.ts'
import { useWidth } from '../../kit/use-width.ts'
import styles from './usage-chart.module.css'

const HEIGHT = 220
const TOP = 8
const BOTTOM = 24
const LABEL_GAP = 8
/** Room for one date under the axis. */
const DATE_WIDTH = 64

interface ChartBarsProps {
  readonly chart: UsageChart
  readonly today: string
  /** The days picked, as the address writes them. */
  readonly picked: string | null
  /** Operations filtered for; the others fade. */
  readonly operations: readonly string[]
  readonly onPick: (days: DaySpan) => void
}

/** The bars: each a button that narrows the table to its days. Arrow keys go from bar to bar. */
export function ChartBars({ chart, today, picked, operations, onPick }: ChartBarsProps) {
  const [holder, width] = useWidth()
  const [pointed, setPointed] = useState<number | null>(null)
  const [entry, setEntry] = useState<number | null>(null)
  const group = useRef<SVGGElement>(null)
  if (chart.total === 0) {
    return <div className={styles.nothing}>Nothing was charged in these days.</div>
  }
  const { columns, series, ticks } = chart
  const left = axisWidth(ticks.map(({ value }) => formatCredits(value)))
  const step = Math.max(0, (width - left) / columns.length)
  const bar = Math.max(1, Math.min(40, step * 0.68))
  const bottom = HEIGHT - BOTTOM
  const y = (fraction: number) => bottom - fraction * (bottom - TOP)
  const dates = Math.max(1, Math.ceil(DATE_WIDTH / Math.max(step, 1)))
  const tabStop = Math.min(entry ?? columns.length - 1, columns.length - 1)

  const move = (event: KeyboardEvent, index: number) => {
    const next = nextColumn(event.key, index, columns.length)
    if (next !== null) {
      event.preventDefault()
      setEntry(next)
      const target = group.current?.children[next]
      if (target instanceof SVGElement) target.focus()
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      const column = columns[index]
      if (column) onPick(column.days)
    }
  }

  return (
    <div ref={holder} className={styles.plot} onPointerLeave={() => setPointed(null)}>
      <Readout
        chart={chart}
        column={pointed === null ? undefined : columns[pointed]}
        today={today}
      />
      {width > 0 && (
        <svg className={styles.svg} viewBox={`0 0 ${width} ${HEIGHT}`}>
          <g aria-hidden="true">
            {ticks.map(({ value, at }) => (
              <g key={value}>
                <line className={styles.line} x1={left} x2={width} y1={y(at)} y2={y(at)} />
                <text className={styles.axis} x={left - LABEL_GAP} y={y(at) + 4} textAnchor="end">
                  {formatCredits(value)}
                </text>
              </g>
            ))}
            {columns.map(({ days }, index) =>
              (columns.length - 1 - index) % dates === 0 &&
              index * step >= DATE_WIDTH / 2 - left ? (
                <text
                  key={days.first}
                  className={styles.axis}
                  x={Math.min(left + (index + 0.5) * step, width - DATE_WIDTH / 2 + 8)}
                  y={HEIGHT - 6}
                  textAnchor="middle"
                >
                  {spanName({ first: days.first, last: days.first }, today)}
                </text>
              ) : null,
            )}
          </g>
          <g ref={group} role="group" aria-label="Days: each narrows the table to it">
            {columns.map((column, index) => (
              <g
                key={column.days.first}
                role="button"
                tabIndex={index === tabStop ? 0 : -1}
                aria-pressed={formatDaySpan(column.days) === picked}
                aria-label={columnText(chart, column, today)}
                className={classes(
                  styles.column,
                  formatDaySpan(column.days) === picked && styles.picked,
                )}
                onClick={() => onPick(column.days)}
                onKeyDown={(event) => move(event, index)}
                onFocus={() => {
                  setEntry(index)
                  setPointed(index)
                }}
                onBlur={() => setPointed(null)}
                onPointerEnter={() => setPointed(index)}
              >
                <rect
                  className={styles.target}
                  x={left + index * step}
                  y={TOP}
                  width={step}
                  height={bottom - TOP}
                  rx={3}
                />
                {column.segments.map((segment) => (
                  <rect
                    key={segment.series}
                    className={classes(
                      styles.segment,
                      styles[`series${seriesColour(series, segment.series)}`],
                      isFaint(series[segment.series]?.operation ?? null, operations) &&
                        styles.faint,
                    )}
                    x={left + (index + 0.5) * step - bar / 2}
                    y={y(segment.to)}
                    width={bar}
                    height={Math.max(0.75, y(segment.from) - y(segment.to) - 0.75)}
                  />
                ))}
              </g>
            ))}
          </g>
        </svg>
      )}
    </div>
  )
}

/** What the pointer or the focus is on, in words; a screen reader has it from the bar itself. */
function Readout(props: {
  readonly chart: UsageChart
  readonly column: ChartColumn | undefined
  readonly today: string
}) {
  const { chart, column, today } = props
  return (
    <p className={styles.readout} aria-hidden="true">
      {column && (
        <>
          <strong>
            {spanName(column.days, today)} · {creditsInWords(column.total)}
          </strong>
          {column.total > 0 && `: ${partsText(chart, column)}`}
        </>
      )}
    </p>
  )
}

function columnText(chart: UsageChart, column: ChartColumn, today: string): string {
  const start = `${spanName(column.days, today)}: ${creditsInWords(column.total)}`
  return column.total === 0 ? start : `${start}. ${partsText(chart, column)}`
}

function partsText({ series }: UsageChart, { segments }: ChartColumn): string {
  return [...segments]
    .sort((left, right) => right.charged - left.charged)
    .map(({ series: index, charged }) => `${series[index]?.name ?? ''} ${formatCredits(charged)}`)
    .join(', ')
}

function isFaint(operation: string | null, chosen: readonly string[]): boolean {
  return chosen.length > 0 && (operation === null || !chosen.includes(operation))
}

function nextColumn(key: string, index: number, count: number): number | null {
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, index - 1)
    case 'ArrowRight':
      return Math.min(count - 1, index + 1)
    case 'Home':
      return 0
    case 'End':
      return count - 1
    default:
      return null
  }
}

/** Wide enough for the longest figure: seven pixels a character. */
function axisWidth(labels: readonly string[]): number {
  return Math.max(28, ...labels.map((label) => label.length * 7 + LABEL_GAP + 4))
}
