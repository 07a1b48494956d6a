import type { ComponentProps } from 'react'
import { classes } from './classes.ts'
import styles from './table.module.css'

/** A plain table in the house style. Give it a `<caption>` or `aria-label`. */
export function Table({ className, ...rest }: ComponentProps<'table'>) {
  return (
    <div className={styles.scroll}>
      <table {...rest} className={classes(styles.table, className)} />
    </div>
  )
}

interface CellProps {
  /** Figures: right-aligned, tabular. */
  readonly numeric?: boolean
}

export function Th({ numeric, className, ...rest }: ComponentProps<'th'> & CellProps) {
  return (
    <th
      scope="col"
      {...rest}
      className={classes(styles.head, numeric && styles.numeric, className)}
    />
  )
}

export function Td({ numeric, className, ...rest }: ComponentProps<'td'> & CellProps) {
  return <td {...rest} className={classes(styles.cell, numeric && styles.numeric, className)} />
}
