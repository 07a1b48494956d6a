import { useLedgerStatus } from '../../state/app-store.ts'
import styles from './banner.module.css'

/** While the open ledger takes no entries: why, and that it goes on by itself. */
export function LedgerBanner() {
  const ledger = useLedgerStatus()
  return (
    <div role="alert">
      {ledger?.state === 'failing' && (
        <p className={styles.banner}>
          {ledger.error.message} Tallystick goes on by itself as soon as it can.
        </p>
      )}
    </div>
  )
}
