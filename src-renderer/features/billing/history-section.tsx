import { useState } from 'react'
import { formatMoney } from '#shared/credits/format.ts'
import type { HistoryPage, PurchaseView } from '#shared/host/purchase.ts'
import { downloadText } from '../../components/download-text.ts'
import { Badge, type BadgeTone } from '../../kit/badge.tsx'
import { Button } from '../../kit/button.tsx'
import { Credits } from '../../kit/credits.tsx'
import { ConfirmDialog } from '../../kit/dialog.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { Note } from '../../kit/note.tsx'
import { Section } from '../../kit/page.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { Table, TableHead, Td } from '../../kit/table.tsx'
import { Time, useTimeZone } from '../../kit/time.tsx'
import { useBusy } from '../../kit/use-busy.ts'
import { callOrTell, useHostData } from '../../state/host.ts'
import { cardWords, purchaseSentence, stateWord } from '../../words/purchase-words.ts'
import { purchasesToCsv } from './history-csv.ts'
import styles from './billing.module.css'

const FIRST = 20
/** What one call gives at most. */
const MOST = 200

/** Every purchase there was, paid or not, with its receipt, what went back and what refused it. */
export function HistorySection() {
  const [limit, setLimit] = useState(FIRST)
  const { data, error, reload } = useHostData(
    'purchase.history',
    { limit },
    { refreshOn: ['purchase'] },
  )
  const [busy, whileBusy] = useBusy()
  const exportAll = async () => {
    const purchases = await whileBusy(wholeHistory())
    if (!purchases) return
    const name = `tallystick-purchases-${new Date().toISOString().slice(0, 10)}.csv`
    downloadText(name, purchasesToCsv(purchases), 'text/csv;charset=utf-8')
  }
  const some = data !== null && data.purchases.length > 0
  return (
    <Section
      id="history"
      title="Billing history"
      actions={
        some && (
          <Button busy={busy} onClick={exportAll}>
            Export purchases as CSV
          </Button>
        )
      }
    >
      {!data && error && <ErrorState error={error} onRetry={reload} />}
      {!data && !error && <Skeleton label="Loading the billing history" lines={3} />}
      {data && !some && <Note>Nothing has been bought yet.</Note>}
      {data && some && (
        <HistoryTable
          page={data}
          onMore={limit < MOST ? () => setLimit(Math.min(MOST, limit * 3)) : null}
        />
      )}
    </Section>
  )
}

/** Null when it could not be read; that is told then. */
async function wholeHistory(): Promise<readonly PurchaseView[] | null> {
  const purchases: PurchaseView[] = []
  let before: string | null = null
  do {
    const page: HistoryPage | null = await callOrTell('purchase.history', {
      limit: MOST,
      ...(before === null ? {} : { before }),
    })
    if (!page) return null
    purchases.push(...page.purchases)
    before = page.nextBefore
  } while (before !== null)
  return purchases
}

interface HistoryTableProps {
  readonly page: HistoryPage
  /** Null where no more are shown at once; the CSV has them all. */
  readonly onMore: (() => void) | null
}

function HistoryTable({ page, onMore }: HistoryTableProps) {
  const [refunding, setRefunding] = useState<PurchaseView | null>(null)
  return (
    <>
      <Table framed aria-label="Billing history">
        <TableHead
          columns={['Date', 'Purchase', { numeric: 'Credits' }, { numeric: 'Price' }, 'State']}
        />
        <tbody>
          {page.purchases.map((purchase) => (
            <HistoryRow
              key={purchase.id}
              purchase={purchase}
              onRefund={() => setRefunding(purchase)}
            />
          ))}
        </tbody>
      </Table>
      {page.nextBefore !== null && onMore && (
        <Button variant="quiet" onClick={onMore}>
          Show more
        </Button>
      )}
      {refunding && <RefundDialog purchase={refunding} onClose={() => setRefunding(null)} />}
    </>
  )
}

interface HistoryRowProps {
  readonly purchase: PurchaseView
  readonly onRefund: () => void
}

function HistoryRow({ purchase, onRefund }: HistoryRowProps) {
  const timeZone = useTimeZone()
  const { name, by, state, test, promoCode, price, listPrice, refunded, refundable } = purchase
  const remarks = [
    ...(by === 'auto-refill' ? ['Auto-refill'] : []),
    ...(promoCode === null ? [] : [`Code ${promoCode}`]),
    ...(test ? ['Test money'] : []),
  ]
  return (
    <tr>
      <Td className={styles.short}>
        <Time at={purchase.createdAt} style="day-year" />
      </Td>
      <Td className={styles.entry}>
        {name}
        {remarks.length > 0 && <Note>{remarks.join(' · ')}</Note>}
        <Receipt purchase={purchase} />
      </Td>
      <Td numeric>
        <Credits amount={(purchase.credits + purchase.bonus) as typeof purchase.credits} />
      </Td>
      <Td numeric>
        {formatMoney(price)}
        {price.amount < listPrice.amount && (
          <div className={styles.wrapped}>
            <Note>instead of {formatMoney(listPrice)}</Note>
          </div>
        )}
      </Td>
      <Td className={styles.entry}>
        <Badge tone={TONES[state]}>{stateWord(purchase)}</Badge>
        {state !== 'granted' && <Note>{purchaseSentence(purchase, timeZone)}</Note>}
        {state === 'granted' && refunded.amount > 0 && (
          <Note>{formatMoney(refunded)} went back to your card.</Note>
        )}
        {refundable.amount > 0 && (
          <Button size="small" aria-label={`Refund ${name}`} onClick={onRefund}>
            Refund
          </Button>
        )}
      </Td>
    </tr>
  )
}

const TONES: Readonly<Record<PurchaseView['state'], BadgeTone>> = {
  created: 'plain',
  pending: 'plain',
  paid: 'good',
  granted: 'good',
  declined: 'bad',
  expired: 'plain',
  cancelled: 'plain',
  refunded: 'plain',
  disputed: 'caution',
}

function Receipt({ purchase: { receipt } }: Pick<HistoryRowProps, 'purchase'>) {
  if (!receipt) return null
  const { number, url, card, tax } = receipt
  return (
    <Note>
      {url === null ? (
        `Receipt ${number}`
      ) : (
        <Button
          size="small"
          variant="quiet"
          onClick={() => void callOrTell('shell.openExternal', { url })}
        >
          Receipt {number}
        </Button>
      )}
      {card && ` · ${cardWords(card)}`}
      {tax.amount > 0 && ` · ${formatMoney(tax)} tax`}
    </Note>
  )
}

interface RefundDialogProps {
  readonly purchase: PurchaseView
  readonly onClose: () => void
}

function RefundDialog({ purchase, onClose }: RefundDialogProps) {
  const { id: purchaseId, name, refundable } = purchase
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`Refund ${name}?`}
      text={`What is unspent of it is taken back, and ${formatMoney(refundable)} goes back to your card.`}
      confirmLabel={`Refund ${formatMoney(refundable)}`}
      onConfirm={() => callOrTell('purchase.refund', { purchaseId })}
    />
  )
}
