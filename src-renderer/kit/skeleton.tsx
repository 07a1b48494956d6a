import { useEffect, useState, type ReactNode } from 'react'
import styles from './skeleton.module.css'

/** True once the caller has been mounted for `ms`: what is quick never flashes a placeholder. */
function useDelayed(ms = 150): boolean {
  const [late, setLate] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), ms)
    return () => clearTimeout(timer)
  }, [ms])
  return late
}

interface DelayedProps {
  readonly ms?: number
  readonly children: ReactNode
}

/** Shows its children only if it is still there after `ms`, 150 unless said. */
export function Delayed({ ms, children }: DelayedProps) {
  return useDelayed(ms) ? children : null
}

interface SkeletonProps {
  /** What is being loaded, for screen readers: `Loading usage`. */
  readonly label: string
  readonly lines?: number
  /** Height of each line in px. */
  readonly height?: number
}

/** Stands in for content that takes longer than 150 ms. */
export function Skeleton({ label, lines = 3, height = 20 }: SkeletonProps) {
  return (
    <Delayed>
      <div className={styles.skeleton} role="status" aria-label={label}>
        {Array.from({ length: lines }, (_, index) => (
          <div key={index} className={styles.line} style={{ height }} />
        ))}
      </div>
    </Delayed>
  )
}
