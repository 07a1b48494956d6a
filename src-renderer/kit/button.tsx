import type { ComponentProps, ReactElement, ReactNode } from 'react'
import { Link } from 'wouter'
import { classes } from './classes.ts'
import { Tooltip } from './tooltip.tsx'
import styles from './button.module.css'

type ButtonVariant = 'primary' | 'secondary' | 'quiet' | 'danger'

interface ButtonLook {
  readonly variant?: ButtonVariant
  readonly size?: 'small' | 'medium'
  readonly icon?: ReactNode
}

function look({ variant = 'secondary', size = 'medium' }: ButtonLook, extra?: string): string {
  return classes(styles.button, styles[variant], styles[size], extra)
}

/** The button. `busy` keeps its place and name, and refuses presses while something is under way. */
export function Button({
  variant,
  size,
  icon,
  busy = false,
  className,
  children,
  disabled,
  ...rest
}: ButtonLook & ComponentProps<'button'> & { readonly busy?: boolean }) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled === true || busy}
      aria-busy={busy || undefined}
      className={look({ variant, size } as ButtonLook, className)}
    >
      {icon}
      {children}
    </button>
  )
}

/** A link to a page that looks like a button. */
export function ButtonLink({
  variant,
  size,
  icon,
  href,
  children,
}: ButtonLook & { readonly href: string; readonly children: ReactNode }) {
  return (
    <Link href={href} className={look({ variant, size } as ButtonLook)}>
      {icon}
      {children}
    </Link>
  )
}

/** Reads as a link within a line of text, and does something here instead of leading elsewhere. */
export function LinkButton({ className, ...rest }: ComponentProps<'button'>) {
  return <button type="button" {...rest} className={classes(styles.link, className)} />
}

interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  /** The accessible name, also shown as the tooltip. */
  readonly label: string
  readonly icon: ReactElement
  /** Shown in the tooltip, e.g. `Ctrl Enter`. */
  readonly keys?: string | undefined
  readonly size?: 'small' | 'medium'
  readonly variant?: ButtonVariant
}

/** A square button that is only an icon; its name is in the tooltip. */
export function IconButton({
  label,
  icon,
  keys,
  size = 'medium',
  variant = 'quiet',
  className,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys}>
      <button
        type="button"
        aria-label={label}
        {...rest}
        className={look({ variant, size }, classes(styles.icon, className))}
      >
        {icon}
      </button>
    </Tooltip>
  )
}
