import type { PurchasePanelView } from '#shared/host/purchase.ts'
import { Badge } from '../../kit/badge.tsx'
import { Credits } from '../../kit/credits.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { useOnline } from '../../state/app-store.ts'
import { useHostData } from '../../state/host.ts'
import { choosePurchase, usePurchasePanel } from '../../state/purchase-panel.ts'
import { Arrived } from './arrived.tsx'
import { AutoRefill, AutoRefillTold } from './auto-refill.tsx'
import { Blocked } from './blocked.tsx'
import { choicesOf, firstChoice } from './choices.ts'
import { useCurrentCredits } from './current-credits.ts'
import { ChoiceList } from './choice-list.tsx'
import { OrderForm } from './order-form.tsx'
import { PendingPurchases } from './pending-purchases.tsx'
import { SavedCardLine } from './saved-card-line.tsx'
import { useArrivals } from './use-arrivals.ts'
import styles from './purchase.module.css'

/** What there is, what can be had, and what is on its way. */
export function PurchasePanel() {
  const arrived = useArrivals()
  const { data, error, reload } = useHostData(
    'purchase.panel',
    {},
    { refreshOn: ['purchase', 'balance', 'online', 'catalog'] },
  )
  if (error && !data) return <ErrorState error={error} onRetry={reload} />
  if (!data) return <Skeleton label="Loading what can be bought" lines={6} height={40} />
  return (
    <div className={styles.panel}>
      <Current panel={data} />
      <Arrived purchases={arrived} />
      <PendingPurchases purchases={data.pending} reload={reload} />
      <Buying panel={data} reload={reload} />
    </div>
  )
}

interface PanelProps {
  readonly panel: PurchasePanelView
  readonly reload: () => void
}

/** Current credits, live: a purchase that arrives is seen here, whichever machine of a team paid. */
function Current({ panel }: Pick<PanelProps, 'panel'>) {
  const { here, elsewhere, all } = useCurrentCredits(panel)
  return (
    <p className={styles.current} role="status">
      <span className={styles.soft}>Current credits</span>
      <Credits amount={all} className={styles.figure} />
      {elsewhere > 0 && (
        <span className={styles.soft}>
          <Credits amount={here} unit /> of them on this machine
        </span>
      )}
      {panel.test && <Badge tone="caution">Test money: no card is charged</Badge>}
    </p>
  )
}

/** Then neither the card nor auto-refill can be seen to either. */
const NOT_TO_BE_CHANGED: ReadonlySet<string> = new Set(['not_a_buyer', 'offline'])

/** The choice and what it comes to; kept while the network is away. */
function Buying({ panel, reload }: PanelProps) {
  const online = useOnline()
  const wanted = usePurchasePanel(({ choice }) => choice)
  const choices = choicesOf(panel)
  const chosen = firstChoice(choices, wanted)
  const standing = (
    <>
      <SavedCardLine card={panel.card} hasPortal={panel.processor === 'stripe'} reload={reload} />
      <AutoRefill panel={panel} reload={reload} />
    </>
  )
  if (panel.block) {
    return (
      <>
        <Blocked block={panel.block} />
        {panel.block.code === 'offline' && (
          <>
            <p>What you chose here is kept for when it is back.</p>
            <AutoRefillTold refill={panel.autoRefill} />
          </>
        )}
        {!NOT_TO_BE_CHANGED.has(panel.block.code) && standing}
      </>
    )
  }
  return (
    <div className={styles.buying}>
      <ChoiceList choices={choices} chosen={chosen} onChoose={choosePurchase} />
      <div className={styles.side}>
        {chosen && (
          <OrderForm
            key={chosen.id}
            choice={chosen}
            panel={panel}
            cutOff={panel.needsNetwork && !online}
            onStarted={reload}
          />
        )}
        {standing}
      </div>
    </div>
  )
}
