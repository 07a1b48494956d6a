import type { ReactNode } from 'react'
import { CircleAlert } from 'lucide-react'
import type { HostError } from '#shared/result.ts'
import { Button } from './button.tsx'
import styles from './empty-state.module.css'

interface EmptyStateProps {
  readonly icon?: ReactNode
  readonly title: string
  readonly text?: ReactNode
  /** Actions or examples. */
  readonly children?: ReactNode
}

/** A page or list with nothing in it yet: what would be here and how to begin. */
export function EmptyState({ icon, title, text, children }: EmptyStateProps) {
  return (
    <div className={styles.state}>
      {icon != null && <div className={styles.icon}>{icon}</div>}
      <h2 className={styles.title}>{title}</h2>
      {text != null && <p className={styles.text}>{text}</p>}
      {children != null && <div className={styles.actions}>{children}</div>}
    </div>
  )
}

/** Something could not be read: what happened in the host's words, and a way to try again. */
export function ErrorState({
  error,
  onRetry,
}: {
  readonly error: HostError
  readonly onRetry?: () => void
}) {
  return (
    <div className={styles.state} role="alert">
      <div className={styles.icon}>
        <CircleAlert size={24} aria-hidden />
      </div>
      <p className={styles.text}>{error.message}</p>
      {onRetry && (
        <div className={styles.actions}>
          <Button onClick={onRetry}>Try again</Button>
        </div>
      )}
    </div>
  )
}
