import { useId } from 'react'
import type { Credits } from '#shared/credits/amount.ts'
import type { OperationRate } from '#shared/credits/catalog.ts'
import type { UnitName, Units } from '#shared/credits/units.ts'
import { creditsInWords, formatCount, formatCredits } from '../../kit/format.ts'
import { niceTicks } from '../../kit/chart-ticks.ts'
import { useWidth } from '../../kit/use-width.ts'
import { isTokenUnit, type TextMeasure, tokensToWords } from './calculator.ts'
import { priceAt, type PricePlot } from './price-plot.ts'
import styles from './calculator.module.css'

const HEIGHT = 200
const EDGE = { top: 10, right: 14, bottom: 44 } as const
const STOPS = 4

interface PricePlotFigureProps {
  readonly rate: OperationRate
  readonly plot: PricePlot
  readonly units: Units
  readonly measure: TextMeasure
}

const AXIS_NAMES: Readonly<Record<UnitName, string>> = {
  requests: 'Requests',
  inputTokens: 'Prompt',
  cachedInputTokens: 'Prompt read before',
  outputTokens: 'Reply',
  images: 'Images',
  seconds: 'Seconds',
  characters: 'Characters',
  searches: 'Web searches',
  pages: 'Pages',
}

/** The price drawn against the length; a dot marks what the calculator has. */
export function PricePlotFigure({ rate, plot, units, measure }: PricePlotFigureProps) {
  const [holder, width] = useWidth()
  const titleId = useId()
  const { unit, points, end, top } = plot
  const ticks = niceTicks(top)
  const highest = ticks.at(-1) ?? top
  const left = Math.max(36, formatCredits(highest).length * 7 + 16)
  const bottom = HEIGHT - EDGE.bottom
  const x = (count: number) => left + (count / end) * (width - left - EDGE.right)
  const y = (price: Credits) =>
    highest === 0 ? bottom : bottom - (price / highest) * (bottom - EDGE.top)
  const inWords = isTokenUnit(unit) && measure === 'words'
  const shown = (count: number) => formatCount(inWords ? tokensToWords(count) : count)
  const present = Math.min(units[unit] ?? 0, end)
  const axis = isTokenUnit(unit) ? `${AXIS_NAMES[unit]}, in ${measure}` : AXIS_NAMES[unit]
  return (
    <figure ref={holder} className={styles.plot}>
      {width > 0 && (
        <svg
          className={styles.svg}
          viewBox={`0 0 ${width} ${HEIGHT}`}
          role="img"
          aria-labelledby={titleId}
        >
          <title id={titleId}>{describe(rate, plot, axis, shown)}</title>
          {ticks.map((value) => (
            <g key={value}>
              <line
                className={styles.grid}
                x1={left}
                x2={width - EDGE.right}
                y1={y(value)}
                y2={y(value)}
              />
              <text className={styles.axis} x={left - 8} y={y(value) + 4} textAnchor="end">
                {formatCredits(value)}
              </text>
            </g>
          ))}
          {stops(end).map((count) => (
            <text
              key={count}
              className={styles.axis}
              x={x(count)}
              y={bottom + 18}
              textAnchor="middle"
            >
              {shown(count)}
            </text>
          ))}
          <text className={styles.axis} x={(left + width) / 2} y={HEIGHT - 6} textAnchor="middle">
            {axis}
          </text>
          <polyline
            className={styles.curve}
            points={points.map(({ count, price }) => `${x(count)},${y(price)}`).join(' ')}
          />
          {present > 0 && (
            <circle
              className={styles.dot}
              cx={x(present)}
              cy={y(priceAt(rate, units, unit, present))}
              r={4.5}
            />
          )}
        </svg>
      )}
      <figcaption className={styles.caption}>Price in credits of one run, by length</figcaption>
    </figure>
  )
}

function stops(end: number): readonly number[] {
  if (end <= 10) return Array.from({ length: end }, (_, index) => index + 1)
  return Array.from({ length: STOPS + 1 }, (_, index) => Math.round((index * end) / STOPS))
}

function describe(
  rate: OperationRate,
  { points, end }: PricePlot,
  axis: string,
  shown: (count: number) => string,
): string {
  const first = points[0]
  const last = points.at(-1)
  if (!first || !last) return rate.name
  const from = `${creditsInWords(first.price)} at ${shown(first.count)}`
  const capped = points.find(({ price }) => price === last.price)
  const flat = capped && capped.count < end ? `, the same from ${shown(capped.count)} on` : ''
  return `${rate.name}. ${axis}: from ${from} to ${creditsInWords(last.price)} at ${shown(end)}${flat}.`
}
