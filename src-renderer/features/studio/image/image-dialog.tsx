import { Download, Trash2 } from 'lucide-react'
import type { CreationView } from '#shared/host/views.ts'
import { Button } from '../../../kit/button.tsx'
import { Dialog } from '../../../kit/dialog.tsx'
import { formatBytes } from '../../../kit/format.ts'
import { DownloadLink } from '../../../components/download-link.tsx'
import { FootLine } from '../../../components/foot-line.tsx'
import styles from './image-dialog.module.css'

interface ImageDialogProps {
  /** Null when closed. */
  readonly creation: CreationView | null
  readonly onClose: () => void
  readonly onDelete: (creation: CreationView) => void
}

/** A picture large, with what it was made from. */
export function ImageDialog({ creation, onClose, onDelete }: ImageDialogProps) {
  return (
    <Dialog
      open={creation !== null}
      onClose={onClose}
      size="large"
      title="Picture"
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
      {creation && (
        <div className={styles.body}>
          <img src={creation.url} alt={creation.prompt} className={styles.picture} />
          <p className={styles.prompt}>{creation.prompt}</p>
          <p className={styles.facts}>
            {[
              creation.width && creation.height && `${creation.width} × ${creation.height}`,
              formatBytes(creation.bytes),
              creation.subject,
            ]
              .filter(Boolean)
              .join(' · ')}
          </p>
          {creation.ending && (
            <FootLine
              operationId={creation.operationId}
              ending={creation.ending}
              modelName={creation.modelName}
            />
          )}
        </div>
      )}
    </Dialog>
  )
}
