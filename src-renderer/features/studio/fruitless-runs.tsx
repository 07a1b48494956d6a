import { X } from 'lucide-react'
import type { Studio } from '#shared/credits/studios.ts'
import { IconButton } from '../../kit/button.tsx'
import { FootLine } from '../../components/foot-line.tsx'
import { useFruitlessRuns } from './studio-runs.ts'
import { forgetRun } from '../../state/runs-store.ts'
import styles from './fruitless-runs.module.css'

/** Runs that ended with nothing to show: what happened, and that it cost nothing. */
export function FruitlessRuns({ studio }: { readonly studio: Studio }) {
  const runs = useFruitlessRuns(studio)
  if (runs.length === 0) return null
  return (
    <ul className={styles.list} aria-label="Runs without a result">
      {runs.map((run) => (
        <li key={run.operationId} className={styles.run}>
          <div className={styles.words}>
            {run.making && <p className={styles.prompt}>{run.making.prompt}</p>}
            {run.ending && (
              <FootLine operationId={run.operationId} ending={run.ending} modelName="" />
            )}
          </div>
          <IconButton
            size="small"
            label="Dismiss"
            icon={<X size={15} aria-hidden />}
            onClick={() => forgetRun(run.operationId)}
          />
        </li>
      ))}
    </ul>
  )
}
