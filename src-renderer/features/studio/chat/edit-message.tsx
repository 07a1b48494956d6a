import { useState } from 'react'
import { MAX_PROMPT_CHARACTERS } from '#shared/studios/settings.ts'
import type { MessageView } from '#shared/host/views.ts'
import { Button } from '../../../kit/button.tsx'
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
    <div className={styles.edit}>
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
        note={<Button onClick={onDone}>Cancel</Button>}
        onStarted={() => {
          onDone()
          void loadThread(message.threadId)
        }}
      />
    </div>
  )
}
