import { memo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { Pencil } from 'lucide-react'
import type { MessageView } from '#shared/host/views.ts'
import { IconButton } from '../../../kit/button.tsx'
import { isRunning, useRun } from '../../../state/runs-store.ts'
import { FootLine } from '../../../components/foot-line.tsx'
import { RunStatus } from '../run-status.tsx'
import { CopyButton } from '../../../components/copy-button.tsx'
import { EditMessage } from './edit-message.tsx'
import { Markdown } from './markdown.tsx'
import { Regenerate } from './regenerate.tsx'
import { VersionSwitcher } from './version-switcher.tsx'
import styles from './message.module.css'

interface MessageProps {
  readonly message: MessageView
  readonly isLast: boolean
}

/** One message. A running reply follows its run; nothing else in the thread renders meanwhile. */
export const Message = memo(function Message({ message, isLast }: MessageProps) {
  return message.role === 'user' ? (
    <PersonMessage message={message} />
  ) : (
    <Reply message={message} isLast={isLast} />
  )
})

function PersonMessage({ message }: { readonly message: MessageView }) {
  const [edited, setEdited] = useState<string | null>(null)
  const editButton = useRef<HTMLButtonElement>(null)
  const done = () => {
    flushSync(() => setEdited(null))
    editButton.current?.focus()
  }
  return (
    <article className={styles.person} aria-label="You">
      {edited === message.id ? (
        <EditMessage message={message} onDone={done} />
      ) : (
        <>
          <div className={styles.bubble}>{message.text}</div>
          <div className={styles.tools}>
            <VersionSwitcher message={message} />
            <CopyButton text={message.text} label="Copy message" />
            <IconButton
              ref={editButton}
              size="small"
              label="Edit message"
              icon={<Pencil size={14} aria-hidden />}
              onClick={() => setEdited(message.id)}
            />
          </div>
        </>
      )}
    </article>
  )
}

function Reply({ message, isLast }: MessageProps) {
  const run = useRun(message.operationId)
  const running = isRunning(run)
  const ending = run?.ending ?? message.ending
  const text = run && run.text.length >= message.text.length ? run.text : message.text
  return (
    <article className={styles.reply} aria-label="Reply" aria-busy={running}>
      {text !== '' && <Markdown text={text} />}
      {running && <RunStatus run={run} working="Writing" />}
      {!running && ending && message.operationId !== null && (
        <div className={styles.foot}>
          <FootLine
            operationId={message.operationId}
            ending={ending}
            modelName={message.modelName ?? ''}
          />
          <div className={styles.tools}>
            <VersionSwitcher message={message} />
            {text !== '' && <CopyButton text={text} label="Copy reply" />}
            {isLast && <Regenerate message={message} />}
          </div>
        </div>
      )}
    </article>
  )
}
