import type { ReactNode } from 'react'
import styles from './checkbox.module.css'

interface CheckboxProps {
  readonly label: string
  readonly checked: boolean
  readonly onChange: (checked: boolean) => void
  /** A quiet note at the right, e.g. a count. */
  readonly detail?: ReactNode
}

/** One of several things to tick. */
export function Checkbox({ label, checked, onChange, detail }: CheckboxProps) {
  return (
    <label className={styles.row}>
      <input
        type="checkbox"
        className={styles.box}
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span className={styles.label} title={label}>
        {label}
      </span>
      {detail != null && <span className={styles.detail}>{detail}</span>}
    </label>
  )
}
