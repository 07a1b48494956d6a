import type { ReactElement, ReactNode } from 'react'
import { Popover as Base } from '@base-ui/react/popover'
import { classes } from './classes.ts'
import styles from './popover.module.css'

interface PopoverProps {
  /** The button that opens it. */
  readonly trigger: ReactElement<Record<string, unknown>>
  readonly title: string
  readonly hideTitle?: boolean
  readonly side?: 'top' | 'right' | 'bottom' | 'left'
  readonly align?: 'start' | 'center' | 'end'
  readonly children: ReactNode
  readonly className?: string | undefined
}

/** More about something, beside it. Esc and a click elsewhere close it; focus returns. */
export function Popover({
  trigger,
  title,
  hideTitle = false,
  side = 'bottom',
  align = 'end',
  children,
  className,
}: PopoverProps) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner
          side={side}
          align={align}
          sideOffset={6}
          collisionPadding={12}
          className={styles.positioner}
        >
          <Base.Popup className={classes(styles.popup, className)}>
            <Base.Title className={hideTitle ? 'visually-hidden' : styles.title}>
              {title}
            </Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  )
}

/** Closes the popover around it when pressed: `<PopoverClose render={<Link … />} />`. */
export const PopoverClose = Base.Close
