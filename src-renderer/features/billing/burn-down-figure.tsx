import { type Credits, ZERO } from '#shared/credits/amount.ts'
import type { BurnDownView } from '#shared/host/billing.ts'
import { AxisLabel } from '../../kit/credit-axis.tsx'
import { CreditPlot } from '../../kit/credit-plot.tsx'
import { creditsInWords, formatTime } from '../../kit/format.ts'
import { useTimeZone } from '../../kit/time.tsx'
import { type BurnDownBand, dayStops, stackBurnDown } from './burn-down-layout.ts'
import styles from './burn-down.module.css'

const EDGE = { top: 12, right: 28, bottom: 32 } as const
const PIXELS_PER_DAY_NAME = 110

/** What was left of each grant, drawn over the month; the rest of the month is empty. */
export function BurnDownFigure({ view }: { readonly view: BurnDownView }) {
  const timeZone = useTimeZone()
  const { bands, top } = stackBurnDown(view)
  const { startsAt, endsAt, moments } = view
  const now = moments.at(-1) ?? startsAt
  return (
    <CreditPlot
      className={styles.plot}
      title={describe(view, timeZone)}
      from={startsAt}
      to={endsAt}
      top={top}
      height={240}
      edge={EDGE}
    >
      {({ width, left, bottom, x, y }) => (
        <>
          {dayStops(startsAt, endsAt, stopsIn(width - left)).map((at) => (
            <AxisLabel key={at} x={x(at)} y={bottom + 20}>
              {formatTime(at, timeZone, 'day')}
            </AxisLabel>
          ))}
          {bands.map((band) => (
            <polygon
              key={band.grantId}
              className={styles.band}
              style={{ fill: `var(--series-${band.series})` }}
              points={outline(band, moments, x, y)}
            />
          ))}
          {bands.map(({ grantId, series, lower, upper }) => (
            <line
              key={grantId}
              className={styles.today}
              style={{ stroke: `var(--series-${series})` }}
              x1={x(now)}
              x2={x(now)}
              y1={y(lower.at(-1) ?? 0)}
              y2={y(upper.at(-1) ?? 0)}
            />
          ))}
          <line className={styles.now} x1={x(now)} x2={x(now)} y1={EDGE.top} y2={bottom} />
        </>
      )}
    </CreditPlot>
  )
}

/** How many days can be named in so many pixels. */
const stopsIn = (pixels: number) =>
  Math.max(2, Math.min(6, Math.floor(pixels / PIXELS_PER_DAY_NAME)))

function outline(
  { lower, upper }: BurnDownBand,
  moments: readonly number[],
  x: (at: number) => number,
  y: (amount: number) => number,
): string {
  const point = (amounts: readonly number[]) => (at: number, index: number) =>
    `${x(at)},${y(amounts[index] ?? 0)}`
  const above = moments.map(point(upper))
  const below = moments.map(point(lower)).reverse()
  return [...above, ...below].join(' ')
}

function describe({ moments, series, endsAt }: BurnDownView, timeZone: string): string {
  const now = formatTime(moments.at(-1) ?? 0, timeZone, 'day')
  const parts = series.map(({ label, left }) => {
    const known = left.filter((amount): amount is Credits => amount !== null)
    const last = left.at(-1) ?? ZERO
    return `${label}: from ${creditsInWords(known[0] ?? ZERO)} to ${creditsInWords(last)}`
  })
  return `What was left of each grant up to ${now}; the month ends on ${formatTime(endsAt, timeZone, 'day')}. ${parts.join('. ')}.`
}
