import { useEffect } from 'react'
import { stopRun } from '../../state/runs-store.ts'

const POPUPS = '[role="dialog"], [role="alertdialog"], [role="menu"], [role="listbox"]'

/** Esc stops the run, unless something that Esc closes is open. */
export function useStopKey(operationId: string | null): void {
  useEffect(() => {
    if (operationId === null) return undefined
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return
      if (document.querySelector(POPUPS)) return
      void stopRun(operationId)
    }
    // Before a popup has had the time to close on the same press.
    window.addEventListener('keydown', onKeyDown, { capture: true })
    return () => window.removeEventListener('keydown', onKeyDown, { capture: true })
  }, [operationId])
}
