import { closeCharge, useChargeDialog } from '../../state/charge-dialog.ts'
import { Dialog } from '../../kit/dialog.tsx'

/** How one operation was charged; open while state/charge-dialog.ts names one. */
export function ChargeDialog() {
  const operationId = useChargeDialog((state) => state.operationId)
  return (
    <Dialog open={operationId !== null} onClose={closeCharge} title="How this was charged">
      {operationId}
    </Dialog>
  )
}
