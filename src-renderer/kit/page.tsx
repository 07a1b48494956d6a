import { createContext, use, useRef, type ReactNode, type RefObject } from 'react'
import styles from './page.module.css'

const PageScroller = createContext<RefObject<HTMLElement | null>>({ current: null })

/** A scrolling page whose content keeps to the column (at most 1,100 px). */
export function Page({ children }: { readonly children: ReactNode }) {
  const scroller = useRef<HTMLDivElement>(null)
  return (
    <PageScroller value={scroller}>
      <div ref={scroller} className={styles.scroll}>
        <div className={styles.column}>{children}</div>
      </div>
    </PageScroller>
  )
}

/** What scrolls the page around it: long lists go along with it and have no scroller of their own. */
export const usePageScroller = (): RefObject<HTMLElement | null> => use(PageScroller)

interface SectionProps {
  readonly title: string
  readonly text?: ReactNode
  /** Buttons at the right of the title. */
  readonly actions?: ReactNode
  readonly children?: ReactNode
  readonly id?: string
}

/** A titled part of a page. */
export function Section({ title, text, actions, children, id }: SectionProps) {
  return (
    <section className={styles.section} id={id} aria-label={title}>
      <div className={styles.head}>
        <div>
          <h2 className={styles.title}>{title}</h2>
          {text != null && <p className={styles.text}>{text}</p>}
        </div>
        {actions != null && <div className={styles.actions}>{actions}</div>}
      </div>
      {children}
    </section>
  )
}
