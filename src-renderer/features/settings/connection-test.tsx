import { CircleAlert, CircleCheck } from 'lucide-react'
import { Button } from '../../kit/button.tsx'
import { formatCount, plural } from '../../kit/format.ts'
import type { TestState } from './use-connection-test.ts'
import styles from './providers.module.css'

/** The button that tries the connection, and what came of it. */
export function ConnectionTest(props: { readonly test: TestState; readonly onTest: () => void }) {
  const { test, onTest } = props
  return (
    <div className={styles.test}>
      <Button busy={test.state === 'busy'} onClick={onTest}>
        {test.state === 'busy' ? 'Testing' : 'Test connection'}
      </Button>
      <p className={styles.outcome} aria-live="polite">
        <Outcome test={test} />
      </p>
    </div>
  )
}

function Outcome({ test }: { readonly test: TestState }) {
  switch (test.state) {
    case 'idle':
    case 'busy':
      return null
    case 'failed':
      return (
        <span className={styles.bad}>
          <CircleAlert size={16} aria-hidden /> {test.error.message}
        </span>
      )
    case 'done': {
      const { latencyMs, local, models } = test.result
      return (
        <span className={styles.good}>
          <CircleCheck size={16} aria-hidden />
          Connected in {formatCount(Math.round(latencyMs))} ms, {plural(models.length, 'model')}
          {local ? ', works offline' : ''}.
        </span>
      )
    }
  }
}
