import type { ReactNode } from 'react'
import styles from './note.module.css'

/** What is said in a small voice: a remark below a figure or a name, or that there is nothing. */
export function Note({ children }: { readonly children: ReactNode }) {
  return <p className={styles.note}>{children}</p>
}
