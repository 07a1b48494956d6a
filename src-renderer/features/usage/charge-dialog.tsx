import { Dialog } from '../../kit/dialog.tsx'
import { ErrorState } from '../../kit/empty-state.tsx'
import { Skeleton } from '../../kit/skeleton.tsx'
import { closeCharge, useChargeDialog } from '../../state/charge-dialog.ts'
import { useHostData } from '../../state/host.ts'
import { ChargeDetails } from './charge-details.tsx'

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
  if (data) return <ChargeDetails explanation={data} />
  if (error) return <ErrorState error={error} onRetry={reload} />
  return <Skeleton label="Loading how this was charged" lines={6} height={32} />
}
