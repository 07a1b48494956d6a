import type { ReactNode } from 'react'
import { Switch as Base } from '@base-ui/react/switch'
import { classes } from './classes.ts'
import styles from './switch.module.css'

interface SwitchProps {
  readonly label: string
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  /** A quiet note after the label, e.g. the surcharge. */
  readonly detail?: ReactNode
  readonly disabled?: boolean
  readonly className?: string | undefined
}

/** Turns one thing on or off, at once. */
export function Switch({ label, checked, onChange, detail, disabled, className }: SwitchProps) {
  return (
    <label className={classes(styles.field, className)}>
      <Base.Root
        checked={checked}
        onCheckedChange={(next) => onChange(next)}
        disabled={disabled}
        className={styles.track}
      >
        <Base.Thumb className={styles.thumb} />
      </Base.Root>
      <span>{label}</span>
      {detail != null && <span className={styles.detail}>{detail}</span>}
    </label>
  )
}
