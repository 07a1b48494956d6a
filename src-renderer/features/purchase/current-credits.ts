import { addCredits, type Credits, ZERO } from '#shared/credits/amount.ts'
import type { PurchasePanelView } from '#shared/host/purchase.ts'
import { useBalance } from '../../state/balance-store.ts'

export interface CurrentCredits {
  readonly here: Credits
  /** With the team beyond this machine, where that is known now. */
  readonly elsewhere: Credits
  readonly all: Credits
}

/** Current credits, live: here and, in a team, with its server and other machines. */
export function useCurrentCredits(panel: PurchasePanelView): CurrentCredits {
  const balance = useBalance()
  const here = balance?.available ?? panel.available
  const isCutOff = panel.block?.code === 'offline'
  const elsewhere = isCutOff ? ZERO : (balance?.elsewhere?.amount ?? ZERO)
  return { here, elsewhere, all: addCredits(here, elsewhere) }
}
