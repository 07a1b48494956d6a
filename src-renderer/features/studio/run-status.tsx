import { useEffect, useState } from 'react'
import type { RunView } from '#shared/host/views.ts'
import { creditsInWords } from '../../kit/format.ts'
import styles from './run-status.module.css'

/** What a run is doing now: waiting, writing, or trying again in so many seconds. */
export function RunStatus({ run, working }: { readonly run: RunView; readonly working: string }) {
  return (
    <p className={styles.status}>
      <span className={styles.pulse} aria-hidden />
      {run.phase === 'retrying' && run.retryAt !== null ? (
        <RetryIn at={run.retryAt} />
      ) : run.phase === 'waiting' ? (
        'Waiting for the model'
      ) : (
        working
      )}
      {run.chargedSoFar > 0 && (
        <span className={styles.cost}>· {creditsInWords(run.chargedSoFar)} so far</span>
      )}
    </p>
  )
}

function RetryIn({ at }: { readonly at: number }) {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [])
  const seconds = Math.max(0, Math.ceil((at - now) / 1_000))
  return seconds > 0
    ? `The provider is busy. Trying again in ${seconds} s`
    : 'The provider is busy. Trying again'
}
