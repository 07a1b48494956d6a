import { ChevronLeft, ChevronRight } from 'lucide-react'
import type { MessageView } from '#shared/host/views.ts'
import { IconButton } from '../../../kit/button.tsx'
import { callOrTell } from '../../../state/host.ts'
import { putThread } from '../../../state/threads-store.ts'
import { versionSwitch } from './versions.ts'
import styles from './version-switcher.module.css'

/** ‹ 2/3 ›: other versions of this message, each with what followed it. */
export function VersionSwitcher({ message }: { readonly message: MessageView }) {
  const versions = versionSwitch(message)
  if (!versions) return null
  const show = async (messageId: string | null) => {
    if (messageId === null) return
    const detail = await callOrTell('threads.show', { threadId: message.threadId, messageId })
    if (detail) putThread(detail)
  }
  return (
    <div className={styles.versions} role="group" aria-label="Versions">
      <IconButton
        size="small"
        label="Version before"
        icon={<ChevronLeft size={15} aria-hidden />}
        aria-disabled={versions.previous === null}
        onClick={() => show(versions.previous)}
      />
      <span
        className={styles.place}
        aria-label={`Version ${versions.current} of ${versions.total}`}
      >
        {versions.current}/{versions.total}
      </span>
      <IconButton
        size="small"
        label="Version after"
        icon={<ChevronRight size={15} aria-hidden />}
        aria-disabled={versions.next === null}
        onClick={() => show(versions.next)}
      />
    </div>
  )
}
