import type { ReactNode } from 'react'
import styles from './page.module.css'

/** A scrolling page whose content keeps to the column (at most 1,100 px). */
export function Page({ children }: { readonly children: ReactNode }) {
  return (
    <div className={styles.scroll}>
      <div className={styles.column}>{children}</div>
    </div>
  )
}

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
