import { Link } from 'wouter'
import { LinkButton } from '../../../kit/button.tsx'
import { classes } from '../../../kit/classes.ts'
import { openPurchasePanel } from '../../../state/purchase-panel.ts'
import { useTimeZone } from '../../../kit/time.tsx'
import { Tooltip } from '../../../kit/tooltip.tsx'
import type { LiveQuote } from './use-quote.ts'
import { quoteWords, type QuoteWords } from './quote-words.ts'
import styles from './quote-line.module.css'

interface QuoteLineProps {
  readonly live: LiveQuote
  /** Why the last start did not happen. */
  readonly problem?: string | null
  /** For `aria-describedby` of the run button. */
  readonly id?: string
}

const HELP: Readonly<
  Record<Exclude<QuoteWords['help'], 'credits' | null>, { href: string; text: string }>
> = {
  plans: { href: '/billing', text: 'see plans' },
  caps: { href: '/billing', text: 'see caps' },
  team: { href: '/team', text: 'see team' },
}

/** What the run would cost, quietly; the reasons on hover and focus. */
export function QuoteLine({ live, problem = null, id }: QuoteLineProps) {
  const timeZone = useTimeZone()
  const { quote, error, current } = live
  const words = quote && !error ? quoteWords(quote, timeZone) : null
  return (
    <div className={styles.place} id={id}>
      {problem !== null && (
        <p className={classes(styles.line, styles.bad)} role="alert">
          {problem}
        </p>
      )}
      {error && <p className={classes(styles.line, styles.bad)}>{error.message}</p>}
      {words && quote && (
        <p className={styles.line}>
          <Tooltip text={<Reasons reasons={quote.reasons} />}>
            <button
              type="button"
              className={classes(styles.words, styles[words.tone], !current && styles.settling)}
              data-current={current}
            >
              {words.text}
            </button>
          </Tooltip>
          {words.help === 'credits' && (
            <LinkButton className={styles.more} onClick={() => openPurchasePanel()}>
              or get credits
            </LinkButton>
          )}
          {words.help !== null && words.help !== 'credits' && (
            <Link href={HELP[words.help].href} className={styles.more}>
              {HELP[words.help].text}
            </Link>
          )}
          {words.aside && <span>{words.aside}</span>}
        </p>
      )}
      {!words && !error && problem === null && <p className={styles.line}>&nbsp;</p>}
    </div>
  )
}

function Reasons({ reasons }: { readonly reasons: readonly string[] }) {
  if (reasons.length === 0) return 'The price of this operation'
  return (
    <ul className={styles.reasons}>
      {reasons.map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
    </ul>
  )
}
