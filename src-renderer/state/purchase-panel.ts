/** The Get credits panel: whether it is open. Any page opens it; features/purchase shows it. */

import { create } from 'zustand'

interface PurchasePanelState {
  readonly open: boolean
  /** An offer or plan of the catalog, kept for the next time; null for the first that may be bought. */
  readonly choice: string | null
  /** How many of it, and with which code; null until somebody says so, and once it was bought. */
  readonly wish: Wish | null
}

interface Wish {
  readonly quantity: number
  readonly promoCode: string
}

export const usePurchasePanel = create<PurchasePanelState>()(() => ({
  open: false,
  choice: null,
  wish: null,
}))

/** Opens it on this choice; without one, on what was chosen last. */
export function openPurchasePanel(choice: string | null = null): void {
  usePurchasePanel.setState({ open: true })
  if (choice !== null) choosePurchase(choice)
}

/** What was wished of another choice is not of this one. */
export const choosePurchase = (choice: string): void =>
  usePurchasePanel.setState((before) =>
    before.choice === choice ? before : { choice, wish: null },
  )

export function wishFor(choice: string): Wish | null {
  const { choice: known, wish } = usePurchasePanel.getState()
  return known === choice ? wish : null
}

/** Keeps what somebody wants of a choice; not of one that stands in for what cannot be had now. */
export const keepWish = (choice: string, wish: Wish | null): void =>
  usePurchasePanel.setState((before) =>
    before.choice === null || before.choice === choice ? { choice, wish } : before,
  )

export const closePurchasePanel = (): void => usePurchasePanel.setState({ open: false })
