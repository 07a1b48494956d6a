import { type KeyboardEvent, type RefObject, useEffect, useRef, useState } from 'react'

/** By how many items each key moves on or back. */
export type KeySteps = Readonly<Record<string, number>>

interface ArrowFocus {
  /** The one item that the tab key reaches. */
  readonly tabStop: number
  readonly setActive: (index: number) => void
  readonly onKeyDown: (event: KeyboardEvent) => void
}

/**
 * Arrow keys over many items of which only those in view exist: the item gone to is revealed first
 * and focused when it is there. Items carry their place as `data-index`.
 */
export function useArrowFocus(options: {
  readonly holder: RefObject<HTMLElement | null>
  readonly count: number
  /** From the item that has the focus. */
  readonly steps: (index: number) => KeySteps
  readonly reveal: (index: number) => void
}): ArrowFocus {
  const { holder, count, steps, reveal } = options
  const [active, setActive] = useState(0)
  const focusWanted = useRef(false)
  const tabStop = Math.min(active, Math.max(0, count - 1))
  useEffect(() => {
    if (!focusWanted.current) return
    const item = holder.current?.querySelector<HTMLElement>(`[data-index="${tabStop}"]`)
    if (!item) return
    focusWanted.current = false
    item.focus({ preventScroll: true })
  })
  return {
    tabStop,
    setActive,
    onKeyDown(event) {
      const next = itemAt(event.key, tabStop, count, steps(tabStop))
      if (next === null) return
      event.preventDefault()
      focusWanted.current = true
      setActive(next)
      reveal(next)
    },
  }
}

/** Where a key leads: never beyond the first and last; null when it leads nowhere. */
function itemAt(key: string, index: number, count: number, steps: KeySteps): number | null {
  if (key === 'Home') return 0
  if (key === 'End') return count - 1
  const step = steps[key]
  return step === undefined ? null : Math.max(0, Math.min(count - 1, index + step))
}
