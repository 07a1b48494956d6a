import type { OperationRate } from '#shared/catalog/rates.ts'
import type { Units } from '#shared/credits/units.ts'
import { creditsInWords, formatCount } from '../../kit/format.ts'
import { niceTicks } from '../../kit/chart-ticks.ts'
import { AxisLabel } from '../../kit/credit-axis.tsx'
import { CreditPlot } from '../../kit/credit-plot.tsx'
import { UNIT_NAMES } from '../../words/unit-names.ts'
import { isTokenUnit, type TextMeasure, tokensToWords, wordsToTokens } from './calculator.ts'
import { priceAt, type PricePlot, type PricePoint } from './price-plot.ts'
import styles from './calculator.module.css'

const HEIGHT = 200
const FEW = 20
/** On the right, half of the longest figure under the axis. */
const EDGE = { top: 10, right: 26, bottom: 44 } as const

interface PricePlotFigureProps {
  readonly rate: OperationRate
  readonly plot: PricePlot
  readonly units: Units
  readonly measure: TextMeasure
}

/** The price drawn against the length; a dot marks what the calculator has. */
export function PricePlotFigure({ rate, plot, units, measure }: PricePlotFigureProps) {
  const { unit, points, end, top } = plot
  const inWords = isTokenUnit(unit) && measure === 'words'
  const toShown = (count: number) => (inWords ? tokensToWords(count) : count)
  const shown = (count: number) => formatCount(toShown(count))
  // A handful of whole counts are points; many are drawn as the stairs they are.
  const few = end <= FEW
  const present = Math.min(units[unit] ?? 0, end)
  const axis = isTokenUnit(unit) ? `${UNIT_NAMES[unit]}, in ${measure}` : UNIT_NAMES[unit]
  return (
    <CreditPlot
      className={styles.plot}
      title={describe(rate, plot, axis, shown)}
      from={0}
      to={end}
      top={top}
      height={HEIGHT}
      edge={EDGE}
      caption="Price in credits of one run, by length"
    >
      {({ width, left, bottom, x, y }) => (
        <>
          {roundStops(toShown(end)).map((stop) => (
            <AxisLabel key={stop} x={x(inWords ? wordsToTokens(stop) : stop)} y={bottom + 18}>
              {formatCount(stop)}
            </AxisLabel>
          ))}
          <AxisLabel x={(left + width) / 2} y={HEIGHT - 6}>
            {axis}
          </AxisLabel>
          <polyline
            className={styles.curve}
            points={(few ? points : stairs(points))
              .map(({ count, price }) => `${x(count)},${y(price)}`)
              .join(' ')}
          />
          {few &&
            points.map(({ count, price }) => (
              <circle key={count} className={styles.point} cx={x(count)} cy={y(price)} r={3} />
            ))}
          {present > 0 && (
            <circle
              className={styles.dot}
              cx={x(present)}
              cy={y(priceAt(rate, units, unit, present))}
              r={4.5}
            />
          )}
        </>
      )}
    </CreditPlot>
  )
}

/** Round figures along the axis, as shown: each when they are few. */
function roundStops(end: number): readonly number[] {
  if (end <= 10) return Array.from({ length: end }, (_, index) => index + 1)
  return niceTicks(end).filter((stop) => stop <= end)
}

/** A price holds until the next one: stairs, not slopes. */
function stairs(points: readonly PricePoint[]): readonly PricePoint[] {
  return points.flatMap((point, index) => {
    const before = points[index - 1]
    return before ? [{ count: point.count, price: before.price }, point] : [point]
  })
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
