import { create } from 'zustand'
import type { BalanceView } from '#shared/host/views.ts'

/** The balance as the host last told it; null while unknown. Only the host changes it. */
export const useBalanceStore = create<{ readonly balance: BalanceView | null }>()(() => ({
  balance: null,
}))

export const useBalance = (): BalanceView | null => useBalanceStore(({ balance }) => balance)
