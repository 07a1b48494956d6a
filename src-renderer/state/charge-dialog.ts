/** Which charge is being explained. Studios open it; features/usage shows it. */

import { create } from 'zustand'

interface ChargeDialogState {
  /** Null when closed. */
  readonly operationId: string | null
}

export const useChargeDialog = create<ChargeDialogState>()(() => ({ operationId: null }))

/** Opens "How this was charged" of one operation. */
export const openCharge = (operationId: string): void => useChargeDialog.setState({ operationId })
export const closeCharge = (): void => useChargeDialog.setState({ operationId: null })
