import { useEffect } from 'react'
import { loadThreads } from '../../../state/threads-store.ts'
import { Conversation } from './conversation.tsx'
import { ThreadList } from './thread-list.tsx'
import styles from './chat-studio.module.css'

/** Threads at the left, the conversation beside them. */
export function ChatStudio({ threadId }: { readonly threadId: string | undefined }) {
  useEffect(() => {
    void loadThreads()
  }, [])
  return (
    <div className={styles.studio}>
      <ThreadList current={threadId ?? null} />
      <Conversation key={threadId ?? 'new'} threadId={threadId ?? null} />
    </div>
  )
}
