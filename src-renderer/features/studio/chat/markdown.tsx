import { memo, Suspense, useDeferredValue } from 'react'
import { onDemand } from '../../../kit/on-demand.tsx'
import styles from './markdown.module.css'

const Formatted = onDemand(async () => (await import('./formatted.tsx')).Formatted)

/** What a model wrote, as formatted text. */
export function Markdown({ text }: { readonly text: string }) {
  // While pieces arrive faster than they can be laid out, typing and scrolling come first.
  const shown = useDeferredValue(text)
  return <Shown text={shown} />
}

/** Plain until the code that formats it is there, which after the first screen it is. */
const Shown = memo(function Shown({ text }: { readonly text: string }) {
  return (
    <div className={styles.markdown}>
      <Suspense fallback={<p className={styles.plain}>{text}</p>}>
        <Formatted text={text} />
      </Suspense>
    </div>
  )
})
