import type { ReactNode } from 'react'
import { classes } from './classes.ts'
import styles from './facts.module.css'

interface FactsProps {
  /** A line each; two columns; or as many columns as there is room for. */
  readonly layout: 'lines' | 'pairs' | 'columns'
  readonly children: ReactNode
}

/** Names and values of one thing. */
export function Facts({ layout, children }: FactsProps) {
  return <dl className={classes(styles.facts, styles[layout])}>{children}</dl>
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
