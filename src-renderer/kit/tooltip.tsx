import type { ReactElement, ReactNode } from 'react'
import { Tooltip as Base } from '@base-ui/react/tooltip'
import { Keys } from './keys.tsx'
import styles from './tooltip.module.css'

interface TooltipProps {
  readonly text: ReactNode
  readonly keys?: string | undefined
  /** The element it explains: one that can take focus. */
  readonly children: ReactElement<Record<string, unknown>>
}

/** Explains an element on hover and focus. Not for anything a person needs to read to go on. */
export function Tooltip({ text, keys, children }: TooltipProps) {
  return (
    <Base.Root>
      <Base.Trigger render={children} />
      <Base.Portal>
        <Base.Positioner sideOffset={6} collisionPadding={8} className={styles.positioner}>
          <Base.Popup className={styles.popup}>
            {text}
            {keys && <Keys keys={keys} />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

/** Once, around the app: moving between explained elements shows the next one at once. */
export function TooltipProvider({ children }: { readonly children: ReactNode }) {
  return <Base.Provider delay={450}>{children}</Base.Provider>
}
