import type { SavedCard } from '#shared/host/purchase.ts'
import { Button } from '../../kit/button.tsx'
import { notify } from '../../kit/notify.ts'
import { callOrTell } from '../../state/host.ts'
import { cardWords } from '../../words/purchase-words.ts'
import styles from './purchase.module.css'

interface SavedCardLineProps {
  readonly card: SavedCard | null
  /** It has a page of its own for cards, receipts and subscriptions. */
  readonly hasPortal: boolean
  readonly reload: () => void
}

/** The saved card, or the way to one. Its number is only ever typed on the processor's page. */
export function SavedCardLine({ card, hasPortal, reload }: SavedCardLineProps) {
  const show = async (call: 'card.setup' | 'card.portal') => {
    const page = await callOrTell(call, {})
    if (page && !page.opened) notify({ text: `Open ${page.url} in your browser.` })
  }
  const remove = async () => {
    if (await callOrTell('card.remove', {})) reload()
  }
  return (
    <div className={styles.line}>
      <span>{card ? `${cardWords(card)}, expires ${expiry(card)}` : 'No card is saved.'}</span>
      <Button size="small" onClick={() => show('card.setup')}>
        {card ? 'Use another card' : 'Add new card'}
      </Button>
      {card && (
        <Button size="small" variant="quiet" onClick={remove}>
          Remove
        </Button>
      )}
      {hasPortal && (
        <Button size="small" variant="quiet" onClick={() => show('card.portal')}>
          Cards and invoices at Stripe
        </Button>
      )}
    </div>
  )
}

const expiry = ({ expiryMonth, expiryYear }: SavedCard) =>
  `${String(expiryMonth).padStart(2, '0')}/${expiryYear}`
