import { Dialog } from '@base-ui/react/dialog'
import { Suspense, useRef } from 'react'
import { onDemand } from '../../kit/on-demand.tsx'
import { setPaletteOpen, usePaletteStore } from '../../state/palette-store.ts'
import { promptInView } from '../../features/studio/composer/prompt-field.ts'
import styles from './palette.module.css'

const PaletteList = onDemand(async () => (await import('./palette-list.tsx')).PaletteList)

/** Ctrl/⌘-K: every page and action, by a few letters of its name. */
export function Palette() {
  const open = usePaletteStore((palette) => palette.open)
  const ledToPage = useRef(false)
  /** What had the focus is gone with its page: the new page has it, or its prompt. */
  const finalFocus = () => {
    if (!ledToPage.current) return true
    ledToPage.current = false
    // By hand: of a page, which is not in the tab order, the dialog would focus what is first in it.
    ;(promptInView() ?? document.getElementById('page'))?.focus()
    return false
  }
  return (
    <Dialog.Root open={open} onOpenChange={(next) => setPaletteOpen(next)}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles.backdrop} />
        <Dialog.Popup
          className={styles.popup}
          aria-label="Go to a page or do something"
          finalFocus={finalFocus}
        >
          <Suspense fallback={null}>
            <PaletteList
              onPage={() => {
                ledToPage.current = true
              }}
            />
          </Suspense>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
