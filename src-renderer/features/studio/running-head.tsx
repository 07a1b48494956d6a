import { Square } from 'lucide-react'
import type { RunView } from '#shared/host/views.ts'
import { Button } from '../../kit/button.tsx'
import { stopRun } from '../../state/runs-store.ts'
import { RunStatus } from './run-status.tsx'
import styles from './running-head.module.css'

/** What is being made, how far it is, and the way to stop it. */
export function RunningHead({ run, working }: { readonly run: RunView; readonly working: string }) {
  return (
    <div className={styles.head}>
      <div className={styles.words}>
        {run.making && <p className={styles.prompt}>{run.making.prompt}</p>}
        <RunStatus run={run} working={working} />
      </div>
      <Button
        size="small"
        icon={<Square size={12} aria-hidden />}
        onClick={() => void stopRun(run.operationId)}
      >
        Stop
      </Button>
    </div>
  )
}
