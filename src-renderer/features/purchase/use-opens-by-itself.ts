import { useEffect, useRef } from 'react'
import { useBalance } from '../../state/balance-store.ts'
import { openPurchasePanel } from '../../state/purchase-panel.ts'
import { balanceMood, type BalanceMood } from '../../words/balance-mood.ts'

/** For this sitting, and across reloads of the window: each level is told once until it recovers. */
const STORAGE_KEY = 'purchase-panel:told'

/**
 * Opens the panel when credits run low and again when they are out, once for each level, and never
 * over what somebody is typing or looking at: then it waits until that is left.
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

/** What has the person's attention while it is open; a notice at the top has not. */
const TAKES_OVER = ['dialog', 'alertdialog', 'menu', 'listbox']
  .map((role) => `[role=${role}]:not([aria-modal=false])`)
  .join()
const isTaken = () => document.querySelector(TAKES_OVER) !== null

/** Long enough for the click that left a field to do what it was meant to. */
const LOOK_EVERY_MS = 500

/** Runs `act` once nobody types and nothing else is open; gives how to call it off. */
function whenNotTyping(act: () => void): () => void {
  const timer = setInterval(() => {
    if (isTyping() || isTaken()) return
    clearInterval(timer)
    act()
  }, LOOK_EVERY_MS)
  return () => clearInterval(timer)
}
