/** The Get credits panel: whether it is open. Any page opens it; features/purchase shows it. */

import { create } from 'zustand'

interface PurchasePanelState {
  readonly open: boolean
  /** What to begin with: an offer or plan of the catalog; null for the first that may be bought. */
  readonly choice: string | null
}

export const usePurchasePanel = create<PurchasePanelState>()(() => ({ open: false, choice: null }))

export const openPurchasePanel = (choice: string | null = null): void =>
  usePurchasePanel.setState({ open: true, choice })
export const closePurchasePanel = (): void => usePurchasePanel.setState({ open: false })
