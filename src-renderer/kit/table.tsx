import type { ComponentProps, ReactNode } from 'react'
import { classes } from './classes.ts'
import styles from './table.module.css'

interface TableProps extends ComponentProps<'table'> {
  /** Stands in a card of its own. */
  readonly framed?: boolean
}

/** A plain table in the house style. Give it a `<caption>` or `aria-label`. */
export function Table({ framed = false, className, ...rest }: TableProps) {
  return (
    <div className={classes(styles.scroll, framed && styles.framed)}>
      <table {...rest} className={classes(styles.table, className)} />
    </div>
  )
}

interface CellProps {
  /** Figures: right-aligned, tabular. */
  readonly numeric?: boolean
}

interface DataCellProps extends CellProps {
  /** Words: keeps a width they can be read in. */
  readonly wide?: boolean
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

export function Td(props: ComponentProps<'td'> & DataCellProps) {
  const { numeric, wide, className, ...rest } = props
  return (
    <td
      {...rest}
      className={classes(styles.cell, numeric && styles.numeric, wide && styles.wide, className)}
    />
  )
}

interface CellTitleProps {
  /** Before it: a swatch. */
  readonly mark?: ReactNode
  readonly title: string
  /** After it: badges. */
  readonly children?: ReactNode
}

/** What a row is about. */
export function CellTitle({ mark, title, children }: CellTitleProps) {
  return (
    <span className={styles.title}>
      {mark}
      <span className={styles.words}>
        {title} {children}
      </span>
    </span>
  )
}

/** A heading; of figures where `numeric`, only for screen readers where `hidden`. */
type Column = string | { readonly numeric: string } | { readonly hidden: string }

/** The row of headings of a table. */
export function TableHead({ columns }: { readonly columns: readonly Column[] }) {
  return (
    <thead>
      <tr>
        {columns.map((column) => {
          if (typeof column === 'string') return <Th key={column}>{column}</Th>
          if ('hidden' in column) {
            return (
              <Th key={column.hidden}>
                <span className="visually-hidden">{column.hidden}</span>
              </Th>
            )
          }
          return (
            <Th key={column.numeric} numeric>
              {column.numeric}
            </Th>
          )
        })}
      </tr>
    </thead>
  )
}
