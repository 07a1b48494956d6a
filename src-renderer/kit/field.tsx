import type { ComponentProps, ReactNode } from 'react'
import { Field as Base } from '@base-ui/react/field'
import { classes } from './classes.ts'
import styles from './field.module.css'

interface FieldProps {
  readonly label: string
  readonly hint?: ReactNode
  /** What is wrong, in words; marks the control invalid. */
  readonly error?: string | null | undefined
  readonly hideLabel?: boolean
  /** No wider than a name or a date needs. */
  readonly narrow?: boolean
  /** A TextInput or TextArea of this file. */
  readonly children: ReactNode
  readonly className?: string | undefined
}

/** A labelled control with an optional hint and error, tied together for screen readers. */
export function Field(props: FieldProps) {
  const { label, hint, error, hideLabel, narrow, children, className } = props
  return (
    <Base.Root
      className={classes(styles.field, narrow && styles.narrow, className)}
      invalid={Boolean(error)}
    >
      <Base.Label className={hideLabel ? 'visually-hidden' : styles.label}>{label}</Base.Label>
      {children}
      {hint != null && <Base.Description className={styles.hint}>{hint}</Base.Description>}
      <Base.Error className={styles.error} match={Boolean(error)}>
        {error}
      </Base.Error>
    </Base.Root>
  )
}

/** One line of text. Takes its name from the Field around it, or `aria-label`. */
export function TextInput({ className, ...rest }: ComponentProps<'input'>) {
  return <Base.Control render={<input {...rest} className={classes(styles.input, className)} />} />
}

/** Several lines; grows with what is typed, up to its `max-height`. */
export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return (
    <Base.Control render={<textarea {...rest} className={classes(styles.area, className)} />} />
  )
}
