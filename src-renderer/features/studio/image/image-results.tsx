import { useState } from 'react'
import type { ImageRequest } from '#shared/host/requests.ts'
import type { CreationView, RunView } from '#shared/host/views.ts'
import { Button } from '../../../kit/button.tsx'
import { ErrorState } from '../../../kit/empty-state.tsx'
import { Skeleton } from '../../../kit/skeleton.tsx'
import { Time } from '../../../kit/time.tsx'
import { useCreations, type CreationGroup } from '../creations.ts'
import { DeleteCreation } from '../../../components/delete-creation.tsx'
import { Examples } from '../examples.tsx'
import { FootLine } from '../../../components/foot-line.tsx'
import { FromLibrary } from '../from-library.tsx'
import { FruitlessRuns } from '../fruitless-runs.tsx'
import { RunningHead } from '../running-head.tsx'
import { CreationDialog } from '../../../components/creation-dialog.tsx'
import { IMAGE_EXAMPLES } from './image-examples.ts'
import { ImageTile, PendingTile } from './image-tile.tsx'
import styles from './image-results.module.css'

interface ImageResultsProps {
  readonly running: readonly RunView[]
  /** What was just taken from the library. */
  readonly taken: RunView | null
  readonly template: ImageRequest | null
  readonly onExample: (text: string) => void
}

/** What is being made and what was made, newest first. */
export function ImageResults({ running, taken, template, onExample }: ImageResultsProps) {
  const { groups, source, more } = useCreations('image')
  const [opened, setOpened] = useState<CreationView | null>(null)
  const [deleting, setDeleting] = useState<CreationView | null>(null)
  const runningIds = new Set(running.map(({ operationId }) => operationId))
  const arrived = (run: RunView) =>
    groups.find(({ operationId }) => operationId === run.operationId)?.creations ?? []
  const nothing = source.data && groups.length === 0 && running.length === 0
  return (
    <div className={styles.results}>
      <FruitlessRuns studio="image" />
      {taken && (
        <FromLibrary run={taken}>
          {(creations) => <Pictures creations={creations} onOpen={setOpened} />}
        </FromLibrary>
      )}
      {running.map((run) => (
        <RunningImages key={run.operationId} run={run} arrived={arrived(run)} onOpen={setOpened} />
      ))}
      {!source.data && source.error && <ErrorState error={source.error} onRetry={source.reload} />}
      {!source.data && source.loading && (
        <Skeleton label="Loading pictures" height={160} lines={1} />
      )}
      {nothing && (
        <Examples
          title="Something to begin with"
          examples={IMAGE_EXAMPLES.map(({ title, text }) => ({
            title,
            text,
            request: template && { ...template, prompt: text },
          }))}
          onPick={({ text }) => onExample(text)}
        />
      )}
      {groups
        .filter(({ operationId }) => !runningIds.has(operationId))
        .map((group) => (
          <ImageGroup key={group.operationId} group={group} onOpen={setOpened} />
        ))}
      {more && (
        <div className={styles.more}>
          <Button onClick={more}>Show more</Button>
        </div>
      )}
      <CreationDialog
        creation={opened}
        onClose={() => setOpened(null)}
        onDelete={(creation) => setDeleting(creation)}
      />
      <DeleteCreation
        creation={deleting}
        onDone={() => setDeleting(null)}
        onDeleted={() => {
          setOpened(null)
          source.reload()
        }}
      />
    </div>
  )
}

interface RunningImagesProps {
  readonly run: RunView
  readonly arrived: readonly CreationView[]
  readonly onOpen: (creation: CreationView) => void
}

/** Pictures take their places as they arrive; the rest are kept free. */
function RunningImages({ run, arrived, onOpen }: RunningImagesProps) {
  const count = run.making?.count ?? 1
  const shape = run.making?.shape ?? 'square'
  const missing = Math.max(0, count - arrived.length)
  return (
    <section className={styles.group} aria-label="Being made" aria-busy>
      <RunningHead
        run={run}
        working={arrived.length > 0 ? `${arrived.length} of ${count} made` : 'Drawing'}
      />
      <ul className={styles.grid}>
        {arrived.map((creation) => (
          <li key={creation.id}>
            <ImageTile creation={creation} onOpen={onOpen} />
          </li>
        ))}
        {Array.from({ length: missing }, (_, index) => (
          <li key={`missing-${index}`}>
            <PendingTile shape={shape} />
          </li>
        ))}
      </ul>
    </section>
  )
}

interface ImageGroupProps {
  readonly group: CreationGroup
  readonly onOpen: (creation: CreationView) => void
}

function ImageGroup({ group, onOpen }: ImageGroupProps) {
  const [first] = group.creations
  if (!first) return null
  return (
    <section className={styles.group} aria-label={first.prompt.slice(0, 80)}>
      <div className={styles.head}>
        <p className={styles.prompt} title={first.prompt}>
          {first.prompt}
        </p>
        <span className={styles.when}>
          <Time at={first.createdAt} />
        </span>
      </div>
      <Pictures creations={group.creations} onOpen={onOpen} />
      {first.ending && (
        <FootLine
          operationId={group.operationId}
          ending={first.ending}
          modelName={first.modelName}
        />
      )}
    </section>
  )
}

interface PicturesProps {
  readonly creations: readonly CreationView[]
  readonly onOpen: (creation: CreationView) => void
}

function Pictures({ creations, onOpen }: PicturesProps) {
  return (
    <ul className={styles.grid}>
      {creations.map((creation) => (
        <li key={creation.id}>
          <ImageTile creation={creation} onOpen={onOpen} />
        </li>
      ))}
    </ul>
  )
}
