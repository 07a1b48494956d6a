import type { ComponentProps } from 'react'
import { classes } from './classes.ts'
import styles from './form.module.css'

interface FormProps extends Omit<ComponentProps<'form'>, 'onSubmit'> {
  readonly onSubmit: () => unknown
  /** A field or two with the button beside them. */
  readonly inLine?: boolean
}

/** A form that the page sends: the browser itself leads nowhere with it. */
export function Form({ onSubmit, inLine = false, className, ...rest }: FormProps) {
  return (
    <form
      {...rest}
      className={classes(inLine && styles.line, className)}
      onSubmit={(event) => {
        event.preventDefault()
        onSubmit()
      }}
    />
  )
}
