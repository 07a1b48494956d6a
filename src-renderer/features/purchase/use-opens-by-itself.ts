import { useEffect, useRef } from 'react'
import { useBalance } from '../../state/balance-store.ts'
import { openPurchasePanel } from '../../state/purchase-panel.ts'
import { balanceMood, type BalanceMood } from '../../words/balance-mood.ts'

/** For this sitting, and across reloads of the window: each level is told once until it recovers. */
const STORAGE_KEY = 'purchase-panel:told'

/**
 * Opens the panel when credits run low and again when they are out, once for each level, and never
 * over what somebody is typing: then it waits until the field is left.
 */
export function useOpensByItself(): void {
  const balance = useBalance()
  const level = balance && balanceMood(balance)
  const before = useRef<BalanceMood | null>(null)
  useEffect(() => {
    if (level === null) return undefined
    const told = readTold()
    const known = before.current
    before.current = level
    if (level === 'enough') {
      writeTold('enough')
      return undefined
    }
    // What was so when the window opened is no news; and each level opens it once.
    if (known === null || rank(level) <= rank(told)) return undefined
    return whenNotTyping(() => {
      writeTold(level)
      openPurchasePanel()
    })
  }, [level])
}

const rank = (level: BalanceMood) => ({ enough: 0, low: 1, none: 2 })[level]

function readTold(): BalanceMood {
  const told = sessionStorage.getItem(STORAGE_KEY)
  return told === 'low' || told === 'none' ? told : 'enough'
}

function writeTold(level: BalanceMood): void {
  sessionStorage.setItem(STORAGE_KEY, level)
}

const isTyping = () =>
  document.activeElement?.matches('textarea, input, [contenteditable]') === true

/** Runs `act` now, or once the focus has left the field; gives how to call it off. */
function whenNotTyping(act: () => void): () => void {
  if (!isTyping()) {
    act()
    return () => undefined
  }
  const look = () => {
    // The next field gets the focus after this event.
    setTimeout(() => {
      if (isTyping()) return
      stop()
      act()
    })
  }
  const stop = () => document.removeEventListener('focusout', look)
  document.addEventListener('focusout', look)
  return stop
}
