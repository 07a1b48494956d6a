import { classes } from './classes.ts'
import styles from './meter.module.css'

export interface Segment {
  readonly key: string
  /** Read out and shown on hover: `Free plan, November: 320 credits`. */
  readonly label: string
  readonly value: number
  /** 1–8, the colours of `--series-n`; `held` is hatched. */
  readonly series: number | 'held'
}

interface SegmentedBarProps {
  readonly label: string
  readonly segments: readonly Segment[]
  /** What the whole width stands for; by default the sum of the segments. */
  readonly total?: number
}

/** One bar cut by share. Its text is for screen readers; show the figures beside it as well. */
export function SegmentedBar({ label, segments, total }: SegmentedBarProps) {
  const sum = segments.reduce((whole, { value }) => whole + value, 0)
  const whole = Math.max(total ?? sum, sum, 1)
  return (
    <ul className={styles.bar} aria-label={label}>
      {segments
        .filter(({ value }) => value > 0)
        .map((segment) => (
          <li
            key={segment.key}
            title={segment.label}
            className={classes(styles.segment, segment.series === 'held' && styles.held)}
            style={{
              flexBasis: `${(segment.value / whole) * 100}%`,
              ...(segment.series !== 'held' && { background: `var(--series-${segment.series})` }),
            }}
          >
            <span className="visually-hidden">{segment.label}</span>
          </li>
        ))}
    </ul>
  )
}

/** A colour key for a segment. */
export function Swatch({ series }: { readonly series: number | 'held' }) {
  return (
    <span
      aria-hidden
      className={classes(styles.swatch, series === 'held' && styles.held)}
      style={series === 'held' ? undefined : { background: `var(--series-${series})` }}
    />
  )
}

/** How much of a whole is used: `value` of `max`. */
export function Meter({
  label,
  value,
  max,
  tone = 'plain',
}: {
  readonly label: string
  readonly value: number
  readonly max: number
  readonly tone?: 'plain' | 'caution' | 'bad'
}) {
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0
  return (
    <div
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      aria-valuenow={Math.min(value, max)}
      aria-valuetext={`${Math.round(share * 100)}%`}
      className={styles.bar}
    >
      {share > 0 && (
        <div
          className={classes(styles.segment, styles.fill, styles[tone])}
          style={{ flexBasis: `${share * 100}%` }}
        />
      )}
    </div>
  )
}
