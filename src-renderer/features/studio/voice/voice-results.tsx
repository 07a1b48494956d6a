import { useState } from 'react'
import { Download, Trash2 } from 'lucide-react'
import type { VoiceRequest } from '#shared/host/requests.ts'
import type { CreationView, RunView } from '#shared/host/views.ts'
import { Button, IconButton } from '../../../kit/button.tsx'
import { ErrorState } from '../../../kit/empty-state.tsx'
import { Skeleton } from '../../../kit/skeleton.tsx'
import { Time } from '../../../kit/time.tsx'
import { useCreations } from '../creations.ts'
import { DeleteCreation } from '../../../components/delete-creation.tsx'
import { DownloadLink } from '../../../components/download-link.tsx'
import { Examples } from '../examples.tsx'
import { FootLine } from '../../../components/foot-line.tsx'
import { FromLibrary } from '../from-library.tsx'
import { FruitlessRuns } from '../fruitless-runs.tsx'
import { RunningHead } from '../running-head.tsx'
import { AudioPlayer } from '../../../components/audio-player.tsx'
import { VOICE_EXAMPLES } from './voice-examples.ts'
import styles from './voice-results.module.css'

interface VoiceResultsProps {
  readonly running: readonly RunView[]
  /** What was just taken from the library. */
  readonly taken: RunView | null
  readonly template: VoiceRequest | null
  readonly onExample: (text: string) => void
}

/** What is being spoken and what was spoken, newest first. */
export function VoiceResults({ running, taken, template, onExample }: VoiceResultsProps) {
  const { groups, source, more } = useCreations('voice')
  const [deleting, setDeleting] = useState<CreationView | null>(null)
  const recordings = groups.flatMap(({ creations }) => creations)
  const nothing = source.data && recordings.length === 0 && running.length === 0
  return (
    <div className={styles.results}>
      <FruitlessRuns studio="voice" />
      {taken && (
        <FromLibrary run={taken}>
          {(creations) =>
            creations.map((creation) => (
              <AudioPlayer
                key={creation.id}
                url={creation.url}
                name={creation.prompt.slice(0, 80)}
                durationMs={creation.durationMs}
              />
            ))
          }
        </FromLibrary>
      )}
      {running.map((run) => (
        <section
          key={run.operationId}
          className={styles.recording}
          aria-label="Being made"
          aria-busy
        >
          <RunningHead run={run} working="Speaking" />
        </section>
      ))}
      {!source.data && source.error && <ErrorState error={source.error} onRetry={source.reload} />}
      {!source.data && source.loading && (
        <Skeleton label="Loading recordings" height={96} lines={1} />
      )}
      {nothing && (
        <Examples
          title="Something to say"
          examples={VOICE_EXAMPLES.map(({ title, text }) => ({
            title,
            text,
            request: template && { ...template, text },
          }))}
          onPick={({ text }) => onExample(text)}
        />
      )}
      {recordings.map((creation) => (
        <Recording key={creation.id} creation={creation} onDelete={setDeleting} />
      ))}
      {more && (
        <div className={styles.more}>
          <Button onClick={more}>Show more</Button>
        </div>
      )}
      <DeleteCreation
        creation={deleting}
        onDone={() => setDeleting(null)}
        onDeleted={source.reload}
      />
    </div>
  )
}

interface RecordingProps {
  readonly creation: CreationView
  readonly onDelete: (creation: CreationView) => void
}

function Recording({ creation, onDelete }: RecordingProps) {
  const name = creation.prompt.slice(0, 80)
  return (
    <article className={styles.recording} aria-label={`Recording: ${name}`}>
      <div className={styles.head}>
        <p className={styles.text}>{creation.prompt}</p>
        <span className={styles.when}>
          <Time at={creation.createdAt} />
        </span>
      </div>
      <AudioPlayer url={creation.url} name={name} durationMs={creation.durationMs} />
      <div className={styles.foot}>
        {creation.ending && (
          <FootLine
            operationId={creation.operationId}
            ending={creation.ending}
            modelName={creation.modelName}
          />
        )}
        <div className={styles.tools}>
          <DownloadLink
            creation={creation}
            size="small"
            icon={<Download size={14} aria-hidden />}
          />
          <IconButton
            size="small"
            label="Delete recording"
            icon={<Trash2 size={15} aria-hidden />}
            onClick={() => onDelete(creation)}
          />
        </div>
      </div>
    </article>
  )
}
