/** The Get credits panel: whether it is open. Any page opens it; features/purchase shows it. */

import { create } from 'zustand'

interface PurchasePanelState {
  readonly open: boolean
  /** An offer or plan of the catalog, kept for the next time; null for the first that may be bought. */
  readonly choice: string | null
}

export const usePurchasePanel = create<PurchasePanelState>()(() => ({ open: false, choice: null }))

/** Opens it on this choice; without one, on what was chosen last. */
export const openPurchasePanel = (choice: string | null = null): void =>
  usePurchasePanel.setState({ open: true, ...(choice === null ? {} : { choice }) })
export const choosePurchase = (choice: string): void => usePurchasePanel.setState({ choice })
export const closePurchasePanel = (): void => usePurchasePanel.setState({ open: false })
