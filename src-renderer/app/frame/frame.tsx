import type { ReactNode } from 'react'
import { ConnectionBanner } from './connection-banner.tsx'
import { LedgerBanner } from './ledger-banner.tsx'
import { NoticeBar } from './notice-bar.tsx'
import { Rail } from './rail.tsx'
import { TopBar } from './top-bar.tsx'
import styles from './frame.module.css'

/** Rail, top bar and the page between them. */
export function Frame({ children }: { readonly children: ReactNode }) {
  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#page">
        Skip to the page
      </a>
      <Rail />
      <div className={styles.rest}>
        <TopBar />
        <ConnectionBanner />
        <LedgerBanner />
        <NoticeBar />
        <main id="page" tabIndex={-1} className={styles.page}>
          {children}
        </main>
      </div>
    </div>
  )
}
