import type { ReactNode } from 'react'
import { Mark } from '../kit/mark.tsx'
import styles from './instead-of-window.module.css'

interface InsteadOfWindowProps {
  readonly title: string
  /** What happened, in the host's words. */
  readonly message: string
  /** What is safe, and what that means for now. */
  readonly calm: string
  /** What can be done about it here. */
  readonly children?: ReactNode
}

/** The whole page when there is nothing to show but why. */
export function InsteadOfWindow({ title, message, calm, children }: InsteadOfWindowProps) {
  return (
    <main className={styles.page}>
      <div className={styles.sheet}>
        <Mark size={32} />
        <h1 className={styles.title}>{title}</h1>
        <p className={styles.message}>{message}</p>
        <p className={styles.calm}>{calm}</p>
        {children}
      </div>
    </main>
  )
}
