import { useState } from 'react'
import { MAX_PROMPT_CHARACTERS } from '#shared/studios/settings.ts'
import type { MessageView } from '#shared/host/views.ts'
import { Button } from '../../../kit/button.tsx'
import { Tooltip } from '../../../kit/tooltip.tsx'
import { loadThread } from '../../../state/threads-store.ts'
import { Composer } from '../composer/composer.tsx'
import { useChatRequest } from './use-chat-request.ts'
import styles from './edit-message.module.css'

interface EditMessageProps {
  readonly message: MessageView
  readonly onDone: () => void
}

/** Rewrites a message in place: a new branch; the old one stays as a version. */
export function EditMessage({ message, onDone }: EditMessageProps) {
  const [text, setText] = useState(message.text)
  const request = useChatRequest(message.threadId, message.parentId, text)
  return (
    <div
      className={styles.edit}
      role="group"
      aria-label="Edit message"
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.nativeEvent.isComposing) onDone()
      }}
    >
      <Composer
        label="Edited message"
        placeholder="Write a message"
        text={text}
        maxLength={MAX_PROMPT_CHARACTERS}
        onText={setText}
        options={null}
        request={request}
        runLabel="Send"
        autoFocus
        note={
          <Tooltip text="Cancel" keys="Esc">
            <Button onClick={onDone}>Cancel</Button>
          </Tooltip>
        }
        onStarted={() => {
          onDone()
          void loadThread(message.threadId)
        }}
      />
    </div>
  )
}
