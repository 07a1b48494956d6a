import { type KeyboardEvent, type SVGProps, useRef, useState } from 'react'
import { creditsInWords } from '../../kit/format.ts'
import { classes } from '../../kit/classes.ts'
import { AxisLabel, CreditAxis, creditAxisWidth } from '../../kit/credit-axis.tsx'
import { type ChartPlace, moveInChart } from './chart-keys.ts'
import { seriesColour, type UsageChart } from './chart-layout.ts'
import { columnText, partsText, partText } from './chart-words.ts'
import { type DaySpan, formatDaySpan } from './date-range.ts'
import { spanName } from './usage-words.ts'
import { useWidth } from '../../kit/use-width.ts'
import styles from './usage-chart.module.css'

const HEIGHT = 220
const TOP = 8
const BOTTOM = 24
/** Room for one date under the axis. */
const DATE_WIDTH = 64

interface ChartBarsProps {
  readonly chart: UsageChart
  readonly today: string
  /** The days picked, as the address writes them. */
  readonly picked: string | null
  /** Operations filtered for; the others fade. */
  readonly operations: readonly string[]
  /** `operation` is null for the whole of these days. */
  readonly onPick: (days: DaySpan, operation: string | null) => void
}

/**
 * The bars: each a button that narrows the table to its days, each part one that narrows it to its
 * operation as well. Arrow keys go from bar to bar, and up and down within one.
 */
export function ChartBars({ chart, today, picked, operations, onPick }: ChartBarsProps) {
  const [holder, width] = useWidth()
  const [pointed, setPointed] = useState<ChartPlace | null>(null)
  const [entry, setEntry] = useState<ChartPlace | null>(null)
  const group = useRef<SVGGElement>(null)
  if (chart.total === 0) {
    return <div className={styles.nothing}>Nothing was charged in these days.</div>
  }
  const { columns, series, ticks } = chart
  const scale = scaleOf(chart, width)
  const latest: ChartPlace = { column: columns.length - 1, series: null }
  const tabStop = entry && isThere(chart, entry) ? entry : latest

  const pick = ({ column, series: index }: ChartPlace) => {
    const days = columns[column]?.days
    if (days) onPick(days, index === null ? null : (series[index]?.operation ?? null))
  }
  const onKeyDown = (event: KeyboardEvent, place: ChartPlace) => {
    const next = moveInChart(event.key, place, chart)
    if (next !== null) {
      setEntry(next)
      group.current?.querySelector<SVGElement>(`[data-place="${placeName(next)}"]`)?.focus()
    } else if (event.key === 'Enter' || event.key === ' ') {
      pick(place)
    } else {
      return
    }
    event.preventDefault()
  }
  /** What the whole of some days and each part of them have in common. */
  const button = (place: ChartPlace) => ({
    role: 'button',
    'data-place': placeName(place),
    tabIndex: placeName(place) === placeName(tabStop) ? 0 : -1,
    onClick: () => pick(place),
    onKeyDown: (event: KeyboardEvent) => onKeyDown(event, place),
    onFocus: () => {
      setEntry(place)
      setPointed(place)
    },
    onBlur: () => setPointed(null),
    onPointerEnter: () => setPointed(place),
  })

  return (
    <div ref={holder} className={styles.plot} onPointerLeave={() => setPointed(null)}>
      <Readout chart={chart} place={pointed} today={today} />
      {width > 0 && (
        <svg className={styles.svg} viewBox={`0 0 ${width} ${HEIGHT}`}>
          <CreditAxis
            ticks={ticks.map(({ value, at }) => ({ value, y: scale.y(at) }))}
            left={scale.left}
            right={width}
          />
          <Dates chart={chart} scale={scale} today={today} />
          <g
            ref={group}
            role="group"
            aria-label="Days and operations: each narrows the table to it"
          >
            {columns.map((column, index) => (
              <Column
                key={column.days.first}
                chart={chart}
                scale={scale}
                index={index}
                today={today}
                isPicked={formatDaySpan(column.days) === picked}
                operations={operations}
                button={button}
              />
            ))}
          </g>
        </svg>
      )}
    </div>
  )
}

interface Scale {
  readonly width: number
  /** Where the bars begin, beside the axis. */
  readonly left: number
  /** From one bar to the next, and how wide each is. */
  readonly step: number
  readonly bar: number
  /** Of a share of the highest tick. */
  y(fraction: number): number
}

const FLOOR = HEIGHT - BOTTOM

function scaleOf({ columns, ticks }: UsageChart, width: number): Scale {
  const left = creditAxisWidth(ticks.map(({ value }) => value))
  const step = Math.max(0, (width - left) / columns.length)
  const bar = Math.max(1, Math.min(40, step * 0.68))
  return { width, left, step, bar, y: (fraction) => FLOOR - fraction * (FLOOR - TOP) }
}

interface DatesProps {
  readonly chart: UsageChart
  readonly scale: Scale
  readonly today: string
}

/** As many dates under the axis as have room, counted from the latest. */
function Dates({ chart: { columns }, scale, today }: DatesProps) {
  const { width, left, step } = scale
  const every = Math.max(1, Math.ceil(DATE_WIDTH / Math.max(step, 1)))
  return (
    <g aria-hidden="true">
      {columns.map(({ days }, index) =>
        (columns.length - 1 - index) % every === 0 && index * step >= DATE_WIDTH / 2 - left ? (
          <AxisLabel
            key={days.first}
            x={Math.min(left + (index + 0.5) * step, width - DATE_WIDTH / 2 + 8)}
            y={HEIGHT - 6}
          >
            {spanName({ first: days.first, last: days.first }, today)}
          </AxisLabel>
        ) : null,
      )}
    </g>
  )
}

interface ColumnProps extends DatesProps {
  readonly index: number
  readonly isPicked: boolean
  readonly operations: readonly string[]
  /** What makes a button of a place. */
  readonly button: (place: ChartPlace) => SVGProps<SVGRectElement>
}

/** The bar of some days: the whole, and its parts by operation. */
function Column({ chart, scale, index, today, isPicked, operations, button }: ColumnProps) {
  const { left, step, bar, y } = scale
  const { series } = chart
  const column = chart.columns[index]
  if (!column) return null
  return (
    <g className={classes(styles.column, isPicked && styles.picked)}>
      <rect
        {...button({ column: index, series: null })}
        aria-pressed={isPicked}
        aria-label={columnText(chart, column, today)}
        className={styles.target}
        x={left + index * step}
        y={TOP}
        width={step}
        height={FLOOR - TOP}
        rx={3}
      />
      {column.segments.map((segment) => {
        const operation = series[segment.series]?.operation ?? null
        const isChosen = operation !== null && operations.includes(operation)
        return (
          <rect
            key={segment.series}
            {...(operation === null
              ? { 'aria-hidden': true }
              : {
                  ...button({ column: index, series: segment.series }),
                  'aria-pressed': isPicked && isChosen,
                  'aria-label': partText(chart, column, segment, today),
                })}
            className={classes(
              styles.segment,
              styles[`series${seriesColour(series, segment.series)}`],
              operation === null && styles.other,
              operations.length > 0 && !isChosen && styles.faint,
            )}
            x={left + (index + 0.5) * step - bar / 2}
            y={y(segment.to)}
            width={bar}
            height={Math.max(0.75, y(segment.from) - y(segment.to) - 0.75)}
          />
        )
      })}
    </g>
  )
}

/** What the pointer or the focus is on, in words; a screen reader has it from the bar itself. */
function Readout(props: {
  readonly chart: UsageChart
  readonly place: ChartPlace | null
  readonly today: string
}) {
  const { chart, place, today } = props
  const column = place ? chart.columns[place.column] : undefined
  const segment = column?.segments.find(({ series }) => series === place?.series)
  return (
    <p className={styles.readout} aria-hidden="true">
      {column && segment && <strong>{partText(chart, column, segment, today)}</strong>}
      {column && !segment && (
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

const placeName = ({ column, series }: ChartPlace) => `${column}:${series ?? 'all'}`

/** A live change may take away what the focus was on. */
function isThere({ columns }: UsageChart, { column, series }: ChartPlace): boolean {
  const found = columns[column]
  return (
    found !== undefined &&
    (series === null || found.segments.some((segment) => segment.series === series))
  )
}
