import { formatMoney } from '#shared/credits/format.ts'
import type { PurchaseView } from '#shared/host/purchase.ts'
import { Badge } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { useTimeZone } from '../../kit/time.tsx'
import { callOrTell } from '../../state/host.ts'
import { CopyButton } from '../../components/copy-button.tsx'
import { purchaseSentence, stateWord } from '../../words/purchase-words.ts'
import styles from './purchase.module.css'

interface PendingPurchasesProps {
  readonly purchases: readonly PurchaseView[]
  readonly reload: () => void
}

/** Purchases on their way, or refused just now, each with what to do. */
export function PendingPurchases({ purchases, reload }: PendingPurchasesProps) {
  if (purchases.length === 0) return null
  return (
    <ul className={styles.pending} aria-label="Purchases on their way">
      {purchases.map((purchase) => (
        <Pending key={purchase.id} purchase={purchase} reload={reload} />
      ))}
    </ul>
  )
}

interface PendingProps {
  readonly purchase: PurchaseView
  readonly reload: () => void
}

function Pending({ purchase, reload }: PendingProps) {
  const timeZone = useTimeZone()
  const { id: purchaseId, name, price, state, payUrl } = purchase
  const resume = async () => {
    if (await callOrTell('purchase.resume', { purchaseId })) reload()
  }
  const giveUp = async () => {
    if (await callOrTell('purchase.cancel', { purchaseId })) reload()
  }
  return (
    <li className={styles.pendingItem}>
      <div className={styles.choiceName}>
        <span>
          {name}, {formatMoney(price)}{' '}
          <Badge tone={state === 'declined' ? 'bad' : 'plain'}>{stateWord(purchase)}</Badge>
        </span>
        <span className={styles.soft} role="status">
          {purchaseSentence(purchase, timeZone)}
        </span>
      </div>
      {payUrl !== null && (
        <div className={styles.acts}>
          <CopyButton text={payUrl} label="Copy the link of the payment page" />
          <Button size="small" onClick={resume}>
            Open the page
          </Button>
          <Button size="small" variant="quiet" onClick={giveUp}>
            Give up
          </Button>
        </div>
      )}
    </li>
  )
}
