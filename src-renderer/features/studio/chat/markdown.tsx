import { memo, useDeferredValue, useRef, type ComponentProps } from 'react'
import ReactMarkdown, { type Components } from 'react-markdown'
import remarkGfm from 'remark-gfm'
import { callOrTell } from '../../../state/host.ts'
import { CopyButton } from '../../../components/copy-button.tsx'
import styles from './markdown.module.css'

const plugins = [remarkGfm]

/** What a model wrote, as formatted text. No HTML, no remote pictures; links open outside. */
export function Markdown({ text }: { readonly text: string }) {
  // While pieces arrive faster than they can be laid out, typing and scrolling come first.
  const shown = useDeferredValue(text)
  return <Formatted text={shown} />
}

const Formatted = memo(function Formatted({ text }: { readonly text: string }) {
  return (
    <div className={styles.markdown}>
      <ReactMarkdown remarkPlugins={plugins} components={components}>
        {text}
      </ReactMarkdown>
    </div>
  )
})

function OutsideLink({ href, children }: ComponentProps<'a'>) {
  if (!href?.startsWith('https://')) return <span>{children}</span>
  return (
    <a
      href={href}
      title={href}
      onClick={(event) => {
        event.preventDefault()
        void callOrTell('shell.openExternal', { url: href })
      }}
    >
      {children}
    </a>
  )
}

function CodeBlock({ children }: ComponentProps<'pre'>) {
  const block = useRef<HTMLPreElement>(null)
  return (
    <div className={styles.code}>
      <pre ref={block} tabIndex={0}>
        {children}
      </pre>
      <div className={styles.copy}>
        <CopyButton text={() => block.current?.textContent ?? ''} label="Copy code" />
      </div>
    </div>
  )
}

const components: Components = {
  a: ({ href, children }) => <OutsideLink href={href}>{children}</OutsideLink>,
  img: ({ alt }) => <span>{alt}</span>,
  pre: ({ children }) => <CodeBlock>{children}</CodeBlock>,
  table: ({ children }) => (
    <div className={styles.table}>
      <table>{children}</table>
    </div>
  ),
  // Whatever levels a reply uses, its headings stand below the page's own.
  h1: ({ children }) => <h2>{children}</h2>,
  h2: ({ children }) => <h2>{children}</h2>,
  h3: ({ children }) => <h2>{children}</h2>,
  h4: ({ children }) => <h2>{children}</h2>,
  h5: ({ children }) => <h2>{children}</h2>,
  h6: ({ children }) => <h2>{children}</h2>,
}
