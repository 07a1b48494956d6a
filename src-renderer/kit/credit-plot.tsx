import { type ReactNode, useId } from 'react'
import { millicredits } from '#shared/credits/amount.ts'
import { niceTicks } from './chart-ticks.ts'
import { CreditAxis, creditAxisWidth } from './credit-axis.tsx'
import styles from './credit-plot.module.css'
import { useWidth } from './use-width.ts'

/** Where things lie in a drawing, in px from its left and top. */
export interface PlotPlaces {
  readonly width: number
  /** Where the amounts' lines begin, and the lowest of them. */
  readonly left: number
  readonly bottom: number
  readonly x: (value: number) => number
  readonly y: (amount: number) => number
}

interface CreditPlotProps {
  readonly className?: string | undefined
  /** The drawing in words. */
  readonly title: string
  /** What the amounts are drawn against, from the left end to the right one. */
  readonly from: number
  readonly to: number
  /** The largest amount that is drawn. */
  readonly top: number
  /** In px, and room of it at the edges; on the left the amounts take theirs. */
  readonly height: number
  readonly edge: { readonly top: number; readonly right: number; readonly bottom: number }
  readonly caption?: string
  readonly children: (places: PlotPlaces) => ReactNode
}

/** A drawing of credits against something else, as wide as there is room. */
export function CreditPlot(props: CreditPlotProps) {
  const { className, title, from, to, top, height, edge, caption, children } = props
  const [holder, width] = useWidth()
  const titleId = useId()
  const ticks = niceTicks(top).map(millicredits)
  const highest = ticks.at(-1) ?? 0
  const left = creditAxisWidth(ticks)
  const right = width - edge.right
  const bottom = height - edge.bottom
  const x = (value: number) => left + ((value - from) / (to - from)) * (right - left)
  const y = (amount: number) =>
    highest === 0 ? bottom : bottom - (amount / highest) * (bottom - edge.top)
  return (
    <figure ref={holder} className={className}>
      {width > 0 && (
        <svg
          className={styles.svg}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          role="img"
          aria-labelledby={titleId}
        >
          <title id={titleId}>{title}</title>
          <CreditAxis
            ticks={ticks.map((value) => ({ value, y: y(value) }))}
            left={left}
            right={right}
          />
          {children({ width, left, bottom, x, y })}
        </svg>
      )}
      {caption !== undefined && <figcaption className={styles.caption}>{caption}</figcaption>}
    </figure>
  )
}
