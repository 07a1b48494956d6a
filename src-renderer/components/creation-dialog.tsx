import { Download, Trash2 } from 'lucide-react'
import type { CreationView } from '#shared/host/views.ts'
import { Button } from '../kit/button.tsx'
import { Dialog } from '../kit/dialog.tsx'
import { Fact, Facts } from '../kit/facts.tsx'
import { formatBytes } from '../kit/format.ts'
import { Time } from '../kit/time.tsx'
import { DownloadLink } from './download-link.tsx'
import { FootLine } from './foot-line.tsx'
import { AudioPlayer } from './audio-player.tsx'
import { settingName, settingValue, shownSettings } from '../words/setting-words.ts'
import styles from './creation-dialog.module.css'

interface CreationDialogProps {
  /** Null when closed. */
  readonly creation: CreationView | null
  readonly onClose: () => void
  readonly onDelete: (creation: CreationView) => void
}

/** One creation: large or playing, with what it was made from and what it cost. */
export function CreationDialog({ creation, onClose, onDelete }: CreationDialogProps) {
  return (
    <Dialog
      open={creation !== null}
      onClose={onClose}
      size="large"
      title={creation?.studio === 'voice' ? 'Recording' : 'Picture'}
      footer={
        creation && (
          <>
            <Button
              variant="danger"
              icon={<Trash2 size={15} aria-hidden />}
              onClick={() => onDelete(creation)}
            >
              Delete
            </Button>
            <DownloadLink creation={creation} icon={<Download size={15} aria-hidden />} />
          </>
        )
      }
    >
      {creation && <Details creation={creation} />}
    </Dialog>
  )
}

function Details({ creation }: { readonly creation: CreationView }) {
  const { prompt, settings, width, height } = creation
  return (
    <div className={styles.details}>
      {creation.studio === 'image' ? (
        <img className={styles.picture} src={creation.url} alt={prompt} />
      ) : (
        <AudioPlayer
          url={creation.url}
          name={prompt.slice(0, 80)}
          durationMs={creation.durationMs}
        />
      )}
      {/* A long prompt scrolls; a scrolling region takes the focus so that keys can scroll it. */}
      <p className={styles.prompt} tabIndex={0} role="region" aria-label="Prompt">
        {prompt}
      </p>
      <Facts layout="columns">
        <Fact name="Model">{creation.modelName}</Fact>
        <Fact name="Made">
          <Time at={creation.createdAt} style="exact" />
        </Fact>
        {width !== null && height !== null && (
          <Fact name="Size">
            {width} × {height} px
          </Fact>
        )}
        {shownSettings(settings).map(([name, value]) => (
          <Fact key={name} name={settingName(name)}>
            {settingValue(name, value)}
          </Fact>
        ))}
        <Fact name="File">
          {creation.mediaType}, {formatBytes(creation.bytes)}
        </Fact>
        {creation.subject !== '' && <Fact name="Subject">{creation.subject}</Fact>}
      </Facts>
      {creation.ending && (
        <FootLine
          operationId={creation.operationId}
          ending={creation.ending}
          modelName={creation.modelName}
        />
      )}
    </div>
  )
}
