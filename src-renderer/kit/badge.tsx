import type { ReactNode } from 'react'
import { X } from 'lucide-react'
import styles from './badge.module.css'
import { classes } from './classes.ts'

export type BadgeTone = 'plain' | 'good' | 'caution' | 'bad' | 'accent'

/** A word or two about something: a status, a kind. */
export function Badge({
  tone = 'plain',
  children,
}: {
  readonly tone?: BadgeTone
  readonly children: ReactNode
}) {
  return <span className={classes(styles.badge, styles[tone])}>{children}</span>
}

/** A chosen filter or label that can be taken away. */
export function Chip({
  label,
  onRemove,
}: {
  readonly label: string
  readonly onRemove?: () => void
}) {
  return (
    <span className={styles.chip}>
      {label}
      {onRemove && (
        <button
          type="button"
          className={styles.remove}
          onClick={onRemove}
          aria-label={`Remove ${label}`}
        >
          <X size={12} aria-hidden />
        </button>
      )}
    </span>
  )
}
