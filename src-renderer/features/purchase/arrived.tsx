import { Check } from 'lucide-react'
import type { PurchaseView } from '#shared/host/purchase.ts'
import { useTimeZone } from '../../kit/time.tsx'
import { purchaseSentence, receiptWords } from '../../words/purchase-words.ts'
import styles from './purchase.module.css'

/** What has just come, each with its receipt. */
export function Arrived({ purchases }: { readonly purchases: readonly PurchaseView[] }) {
  const timeZone = useTimeZone()
  return (
    <ul className={styles.pending} aria-label="Purchases that arrived" aria-live="polite">
      {purchases.map((purchase) => (
        <li key={purchase.id} className={styles.arrivedItem}>
          <Check size={18} aria-hidden />
          <div className={styles.choiceName}>
            {purchaseSentence(purchase, timeZone)}
            {purchase.receipt && (
              <span className={styles.soft}>{receiptWords(purchase.receipt)}</span>
            )}
          </div>
        </li>
      ))}
    </ul>
  )
}
