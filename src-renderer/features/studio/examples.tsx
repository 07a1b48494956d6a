import type { RunRequest } from '#shared/host/requests.ts'
import { focusPrompt } from './composer/prompt-field.ts'
import { useQuote } from './composer/use-quote.ts'
import { priceWords } from './composer/quote-words.ts'
import styles from './examples.module.css'

export interface Example {
  readonly title: string
  readonly text: string
  /** What running it as set up now would be; null without a model. */
  readonly request: RunRequest | null
}

/** The first use of a studio: three real things to try, each with its price. */
export function Examples({
  title,
  examples,
  onPick,
}: {
  readonly title: string
  readonly examples: readonly Example[]
  /** Puts the example into the prompt; running stays the person's own act. */
  readonly onPick: (example: Example) => void
}) {
  return (
    <section className={styles.examples} aria-label="Examples">
      <h2 className={styles.title}>{title}</h2>
      <ul className={styles.list}>
        {examples.map((example) => (
          <li key={example.title}>
            <ExampleCard example={example} onPick={onPick} />
          </li>
        ))}
      </ul>
    </section>
  )
}

function ExampleCard({
  example,
  onPick,
}: {
  readonly example: Example
  readonly onPick: (example: Example) => void
}) {
  const { quote } = useQuote(example.request)
  const pick = () => {
    onPick(example)
    focusPrompt()
  }
  return (
    <button type="button" className={styles.card} onClick={pick}>
      <span className={styles.name}>{example.title}</span>
      <span className={styles.text}>{example.text}</span>
      <span className={styles.price}>{quote ? priceWords(quote) : '\u00a0'}</span>
    </button>
  )
}
