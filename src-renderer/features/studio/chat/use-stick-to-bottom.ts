import { useCallback, useEffect, useRef, useState, type RefObject } from 'react'
import { createEndFollower, type EndFollower } from './follow-end.ts'

interface StickToBottom {
  readonly scroll: RefObject<HTMLDivElement | null>
  readonly content: RefObject<HTMLDivElement | null>
  readonly atBottom: boolean
  readonly toBottom: () => void
}

/**
 * Keeps the end in view as content grows, but only for a person who is at the end. Another last
 * message (`lastId`) means the person has just asked for one: that goes to the end as well.
 */
export function useStickToBottom(lastId: string | null): StickToBottom {
  const scroll = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const follower = useRef<EndFollower>(null)
  const [atBottom, setAtBottom] = useState(true)

  const toBottom = useCallback(() => {
    follower.current?.toEnd()
    setAtBottom(true)
  }, [])

  useEffect(() => {
    const area = scroll.current
    const inner = content.current
    if (!area || !inner) return undefined
    const following = createEndFollower(area)
    follower.current = following
    const tell = () => setAtBottom(following.isAtEnd())
    const onScroll = () => {
      following.scrolled()
      tell()
    }
    // The browser would glide to where the end was when the key was pressed: pieces that come near
    // on the way move it.
    const onKey = (event: KeyboardEvent) => {
      const edge = edgeAskedFor(event)
      if (!edge) return
      event.preventDefault()
      if (edge === 'end') following.toEnd()
      else following.toStart()
      tell()
    }
    const sizes = new ResizeObserver(() => {
      following.changed()
      tell()
    })
    // At once, one by one: what several changes did together cannot be told from a person's move.
    const changes = new MutationObserver(following.changed)
    area.addEventListener('scroll', onScroll, { passive: true })
    area.addEventListener('keydown', onKey)
    sizes.observe(inner)
    sizes.observe(area)
    changes.observe(inner, { subtree: true, childList: true, characterData: true })
    return () => {
      area.removeEventListener('scroll', onScroll)
      area.removeEventListener('keydown', onKey)
      sizes.disconnect()
      changes.disconnect()
    }
  }, [])

  useEffect(() => {
    if (lastId === null) follower.current?.toStart()
    else follower.current?.toEnd()
  }, [lastId])

  return { scroll, content, atBottom, toBottom }
}

/** The edge that a key goes to, unless it is for a text field. On a Mac the arrows do as well. */
function edgeAskedFor(event: KeyboardEvent): 'start' | 'end' | null {
  const { key, target, altKey, shiftKey, metaKey } = event
  if (event.defaultPrevented || altKey || shiftKey) return null
  if (target instanceof Element && target.matches('textarea, input, [contenteditable]')) return null
  if (key === 'Home' || (metaKey && key === 'ArrowUp')) return 'start'
  if (key === 'End' || (metaKey && key === 'ArrowDown')) return 'end'
  return null
}
