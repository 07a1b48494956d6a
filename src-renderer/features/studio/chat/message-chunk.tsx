import { useEffect, useEffectEvent, useRef } from 'react'
import { flushSync } from 'react-dom'
import type { MessageView } from '#shared/host/views.ts'
import { Message } from './message.tsx'
import { estimateHeight } from './message-size.ts'
import { useNear } from './near-view.ts'
import styles from './conversation.module.css'

interface MessageChunkProps {
  readonly messages: readonly MessageView[]
  readonly isLast: boolean
  /** In view before anybody has scrolled. */
  readonly nearAtFirst: boolean
}

/**
 * Far from the view it is an empty place of its height that holds the words alone, for the
 * browser's find; what is found there comes near and into view.
 */
export function MessageChunk({ messages, isLast, nearAtFirst }: MessageChunkProps) {
  const place = useRef<HTMLDivElement>(null)
  const { near, height, bringNear } = useNear(place, nearAtFirst)
  const showFound = useEffectEvent((event: Event) => {
    const id = event.target instanceof HTMLElement ? event.target.dataset['found'] : undefined
    const index = messages.findIndex((message) => message.id === id)
    flushSync(bringNear)
    place.current?.children[index]?.scrollIntoView({ block: 'center' })
  })
  useEffect(() => {
    const element = place.current
    element?.addEventListener('beforematch', showFound)
    return () => element?.removeEventListener('beforematch', showFound)
  }, [])
  if (near || isLast) {
    return (
      <div ref={place} className={styles.chunk}>
        {messages.map((message, index) => (
          // By its place: another version of it takes the place over, and the focus stays there.
          <Message key={index} message={message} isLast={isLast && index === messages.length - 1} />
        ))}
      </div>
    )
  }
  return (
    <div ref={place} className={styles.far} style={{ height: height ?? estimateHeight(messages) }}>
      {messages.map(({ id, text }) => (
        <div key={id} ref={hideUntilFound} data-found={id}>
          {text}
        </div>
      ))}
    </div>
  )
}

/** React knows only `hidden` as such. */
function hideUntilFound(element: HTMLElement | null): void {
  element?.setAttribute('hidden', 'until-found')
}
