import { Suspense } from 'react'
import { Dialog } from '../../kit/dialog.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { onDemand } from '../../kit/on-demand.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { closeCharge, useChargeDialog } from '../../state/charge-dialog.ts'
import { useHostData } from '../../state/host.ts'

const ChargeDetails = onDemand(async () => (await import('./charge-details.tsx')).ChargeDetails)

/** How one operation was charged; open while state/charge-dialog.ts names one. */
export function ChargeDialog() {
  const operationId = useChargeDialog((state) => state.operationId)
  return (
    <Dialog
      open={operationId !== null}
      onClose={closeCharge}
      title="How this was charged"
      size="large"
    >
      {operationId !== null && <Explained key={operationId} operationId={operationId} />}
    </Dialog>
  )
}

function Explained({ operationId }: { readonly operationId: string }) {
  const { data, error, reload } = useHostData(
    'usage.explain',
    { operationId },
    { refreshOn: ['usage', 'labels'] },
  )
  const loading = <Skeleton label="Loading how this was charged" lines={6} height={32} />
  if (error && !data) return <ErrorState error={error} onRetry={reload} />
  return (
    <Suspense fallback={loading}>{data ? <ChargeDetails explanation={data} /> : loading}</Suspense>
  )
}
