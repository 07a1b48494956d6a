import { Suspense, useEffect, useMemo, useState, type ReactNode } from 'react'
import { ArrowDown, MessageSquare } from 'lucide-react'
import { useLocation } from 'wouter'
import { MAX_PROMPT_CHARACTERS } from '#shared/studios/settings.ts'
import type { MessageView } from '#shared/host/views.ts'
import { Button, ButtonLink } from '../../../kit/button.tsx'
import { EmptyState, ErrorState } from '../../../kit/empty-state.tsx'
import { onDemand } from '../../../kit/on-demand.tsx'
import { Skeleton } from '../../../kit/skeleton.tsx'
import { callOrTell } from '../../../state/host.ts'
import { stopRun, useIsRunning } from '../../../state/runs-store.ts'
import { loadThread, useThreadsStore } from '../../../state/threads-store.ts'
import { Composer } from '../composer/composer.tsx'
import { setDraft, useDraft } from '../drafts.ts'
import { Examples } from '../examples.tsx'
import { useRecipe } from '../recipe/use-recipe.ts'
import { RunAnnouncer } from '../run-announcer.tsx'
import { useStopKey } from '../use-stop-key.ts'
import { CHAT_EXAMPLES } from './chat-examples.ts'
import { ChatOptions } from './chat-options.tsx'
import { chunksOf } from './chunks.ts'
import { AREA, createNearView, NearViewContext } from './near-view.ts'
import { useChatRequest } from './use-chat-request.ts'
import { useStickToBottom } from './use-stick-to-bottom.ts'
import styles from './conversation.module.css'

/** With what formats a reply it is a third of the window's code, and a new chat has none. */
const MessageChunk = onDemand(async () => (await import('./message-chunk.tsx')).MessageChunk)

const NO_MESSAGES: readonly MessageView[] = []
const LOADING = <Skeleton label="Loading messages" lines={5} />

/** One thread, or the start of a new one when `threadId` is null. */
export function Conversation({ threadId }: { readonly threadId: string | null }) {
  const [newId] = useState(() => crypto.randomUUID())
  const detail = useThreadsStore(({ details }) => (threadId ? details[threadId] : undefined))
  const error = useThreadsStore(({ detailErrors }) =>
    threadId ? detailErrors[threadId] : undefined,
  )
  useEffect(() => {
    if (threadId) void loadThread(threadId)
  }, [threadId])

  const messages = detail?.messages ?? NO_MESSAGES
  const last = messages.at(-1)
  const lastRun = last?.operationId ?? null
  const running = useIsRunning(lastRun) ? lastRun : null
  useStopKey(running)

  if (threadId && error && !detail) {
    return (
      <div className={styles.conversation}>
        {error.code === 'thread_not_found' ? (
          <EmptyState
            icon={<MessageSquare size={24} aria-hidden />}
            title="This chat is no longer there"
            text="It may have been deleted. What it cost stays in Usage."
          >
            <ButtonLink href="/chat">Start a new chat</ButtonLink>
          </EmptyState>
        ) : (
          <ErrorState error={error} onRetry={() => void loadThread(threadId)} />
        )}
      </div>
    )
  }
  return (
    <div className={styles.conversation}>
      <Messages
        messages={messages}
        loading={threadId !== null && !detail}
        empty={threadId === null}
      >
        <NewChatExamples newId={newId} />
      </Messages>
      <div className={styles.foot}>
        <ChatComposer
          key={threadId ?? newId}
          threadId={threadId ?? newId}
          isNew={threadId === null}
          parentId={last?.id ?? null}
          running={running}
        />
      </div>
      <RunAnnouncer operationId={lastRun} />
    </div>
  )
}

interface MessagesProps {
  readonly messages: readonly MessageView[]
  readonly loading: boolean
  readonly empty: boolean
  /** Shown while there is nothing yet. */
  readonly children: ReactNode
}

function Messages({ messages, loading, empty, children }: MessagesProps) {
  const { scroll, content, atBottom, toBottom } = useStickToBottom(messages.at(-1)?.id ?? null)
  const [nearView] = useState(createNearView)
  const chunks = useMemo(() => chunksOf(messages), [messages])
  return (
    <div className={styles.middle}>
      <div
        ref={scroll}
        className={styles.scroll}
        tabIndex={0}
        role="region"
        aria-label="Messages"
        {...{ [AREA]: '' }}
      >
        <div ref={content} className={styles.column}>
          {loading && LOADING}
          {empty && messages.length === 0 && <div className={styles.start}>{children}</div>}
          <NearViewContext value={nearView}>
            <Suspense fallback={LOADING}>
              {chunks.map((chunk, index) => (
                <MessageChunk
                  key={index}
                  messages={chunk}
                  isLast={index === chunks.length - 1}
                  nearAtFirst={index >= chunks.length - 2}
                />
              ))}
            </Suspense>
          </NearViewContext>
        </div>
      </div>
      {!atBottom && messages.length > 0 && (
        <div className={styles.latest}>
          <Button size="small" icon={<ArrowDown size={14} aria-hidden />} onClick={toBottom}>
            Latest
          </Button>
        </div>
      )}
    </div>
  )
}

interface ChatComposerProps {
  readonly threadId: string
  readonly isNew: boolean
  readonly parentId: string | null
  /** The run to stop, while one goes on. */
  readonly running: string | null
}

function ChatComposer({ threadId, isNew, parentId, running }: ChatComposerProps) {
  const [, navigate] = useLocation()
  const place = isNew ? 'chat:new' : `chat:${threadId}`
  const [draft, setText] = useDraft(place)
  const recipe = useRecipe('chat')
  const text = recipe?.text ?? draft
  const request = useChatRequest(threadId, parentId, text, recipe?.recipe.id)
  return (
    <div className={styles.composer}>
      <Composer
        label="Message"
        placeholder={isNew ? 'Ask for anything' : 'Write a reply'}
        text={text}
        recipe={recipe}
        maxLength={MAX_PROMPT_CHARACTERS}
        onText={setText}
        options={<ChatOptions />}
        request={request}
        runLabel="Send"
        autoFocus
        beforeRun={async () =>
          !isNew || (await callOrTell('threads.create', { threadId })) !== null
        }
        onStarted={() => {
          // A recipe asks once; what follows in the chat is the person's own.
          if (recipe) recipe.remove()
          else setDraft(place, '')
          void loadThread(threadId).then(() => {
            if (isNew) navigate(`/chat/${threadId}`)
          })
        }}
        onStop={running ? () => void stopRun(running) : undefined}
      />
    </div>
  )
}

function NewChatExamples({ newId }: { readonly newId: string }) {
  const template = useChatRequest(newId, null, '')
  return (
    <Examples
      title="What shall we write?"
      examples={CHAT_EXAMPLES.map(({ title, text }) => ({
        title,
        text,
        request: template && { ...template, text },
      }))}
      onPick={({ text }) => setDraft('chat:new', text)}
    />
  )
}
