import type { Credits as Amount } from '#shared/credits/amount.ts'
import { classes } from './classes.ts'
import styles from './figures.module.css'
import { creditsInWords, formatCredits } from './format.ts'

/** An exact amount in tabular figures; `unit` adds the word. */
export function Credits({
  amount,
  unit = false,
  className,
}: {
  readonly amount: Amount
  readonly unit?: boolean
  readonly className?: string | undefined
}) {
  return (
    <span className={classes(styles.figures, className)}>
      {unit ? creditsInWords(amount) : formatCredits(amount)}
    </span>
  )
}
