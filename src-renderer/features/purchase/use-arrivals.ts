import { useEffect, useState } from 'react'
import type { PurchaseView } from '#shared/host/purchase.ts'
import { notify } from '../../kit/notify.ts'
import { useTimeZone } from '../../kit/time.tsx'
import { onHostEvent } from '../../state/host.ts'
import { purchaseSentence } from '../../words/purchase-words.ts'

/** Each is told once, wherever it is told. */
const told = new Set<string>()

function onArrival(act: (purchase: PurchaseView) => void): () => void {
  return onHostEvent((event) => {
    if (event.type !== 'purchase' || event.purchase?.state !== 'granted') return
    const { purchase } = event
    // One of which a part went back is told of again, and is no news.
    if (told.has(purchase.id) || purchase.refunded.amount > 0) return
    told.add(purchase.id)
    act(purchase)
  })
}

/** Purchases whose credits came since this was mounted, newest first. */
export function useArrivals(): readonly PurchaseView[] {
  const [arrived, setArrived] = useState<readonly PurchaseView[]>([])
  useEffect(() => onArrival((purchase) => setArrived((before) => [purchase, ...before])), [])
  return arrived
}

/** Tells of them at the top, while nothing else shows them. */
export function useTellsArrivals(enabled: boolean): void {
  const timeZone = useTimeZone()
  useEffect(() => {
    if (!enabled) return undefined
    return onArrival((purchase) =>
      notify({ tone: 'good', text: purchaseSentence(purchase, timeZone) }),
    )
  }, [enabled, timeZone])
}
