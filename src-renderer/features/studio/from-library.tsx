import type { ReactNode } from 'react'
import type { CreationView, RunView } from '#shared/host/views.ts'
import { MAX_IMAGES } from '#shared/studios/settings.ts'
import { FootLine } from '../../components/foot-line.tsx'
import { useHostData } from '../../state/host.ts'
import styles from './from-library.module.css'

interface FromLibraryProps {
  /** The run that took it. */
  readonly run: RunView
  readonly children: (creations: readonly CreationView[]) => ReactNode
}

/** What was just taken from the library instead of being made again. */
export function FromLibrary({ run, children }: FromLibraryProps) {
  const [first] = run.creationIds
  const { data } = useHostData(
    'library.page',
    { ids: [...run.creationIds], limit: MAX_IMAGES },
    { enabled: first !== undefined, refreshOn: ['library'] },
  )
  const creations = data?.creations ?? []
  if (creations.length === 0 || !run.ending) return null
  return (
    <section className={styles.taken} aria-label="From the library">
      <h2 className={styles.title}>You made this before</h2>
      {children(creations.toReversed())}
      <FootLine
        operationId={run.operationId}
        ending={run.ending}
        modelName={creations[0]?.modelName ?? ''}
      />
    </section>
  )
}
