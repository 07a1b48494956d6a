import { useEffect, useMemo } from 'react'
import { useLocation } from 'wouter'
import { loadThreads } from '../../../state/threads-store.ts'
import { useCommands } from '../../../state/commands.ts'
import { Conversation } from './conversation.tsx'
import { ThreadList } from './thread-list.tsx'
import styles from './chat-studio.module.css'

/** Threads at the left, the conversation beside them. */
export function ChatStudio({ threadId }: { readonly threadId: string | undefined }) {
  const [, navigate] = useLocation()
  useEffect(() => {
    void loadThreads()
  }, [])
  useCommands(
    useMemo(
      () => [{ id: 'chat-new', label: 'New chat', run: () => navigate('/chat') }],
      [navigate],
    ),
  )
  return (
    <div className={styles.studio}>
      <ThreadList current={threadId ?? null} />
      <Conversation key={threadId ?? 'new'} threadId={threadId ?? null} />
    </div>
  )
}
