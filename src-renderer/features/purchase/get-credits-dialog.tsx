import { Suspense } from 'react'
import { Dialog } from '../../kit/dialog.tsx'
import { onDemand } from '../../kit/on-demand.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { closePurchasePanel, usePurchasePanel } from '../../state/purchase-panel.ts'
import { useTellsArrivals } from './use-arrivals.ts'
import { useOpensByItself } from './use-opens-by-itself.ts'

const PurchasePanel = onDemand(async () => (await import('./purchase-panel.tsx')).PurchasePanel)

/** Get credits, from any page. */
export function GetCreditsDialog() {
  const open = usePurchasePanel((state) => state.open)
  useTellsArrivals(!open)
  useOpensByItself()
  return (
    <Dialog open={open} onClose={closePurchasePanel} size="large" title="Get credits">
      <Suspense fallback={<Skeleton label="Loading what can be bought" lines={6} height={40} />}>
        {open && <PurchasePanel />}
      </Suspense>
    </Dialog>
  )
}
