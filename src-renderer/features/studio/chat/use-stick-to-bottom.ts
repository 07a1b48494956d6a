import { useCallback, useEffect, useRef, useState, type RefObject } from 'react'

/** This close to the end counts as at the end. */
const NEAR_PX = 32

interface StickToBottom {
  readonly scroll: RefObject<HTMLDivElement | null>
  readonly content: RefObject<HTMLDivElement | null>
  readonly atBottom: boolean
  readonly toBottom: () => void
}

/**
 * Keeps the end in view as content grows, but only for a person who is at the end. More messages
 * than before (`count`) means the person has just sent one: that goes to the end as well.
 */
export function useStickToBottom(count: number): StickToBottom {
  const scroll = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const sticking = useRef(false)
  const [atBottom, setAtBottom] = useState(true)

  const toBottom = useCallback(() => {
    sticking.current = true
    setAtBottom(true)
    const area = scroll.current
    if (area) area.scrollTop = area.scrollHeight
  }, [])

  useEffect(() => {
    const area = scroll.current
    const inner = content.current
    if (!area || !inner) return undefined
    const onScroll = () => {
      const near = area.scrollHeight - area.scrollTop - area.clientHeight < NEAR_PX
      sticking.current = near
      setAtBottom(near)
    }
    const observer = new ResizeObserver(() => {
      if (sticking.current) area.scrollTop = area.scrollHeight
    })
    area.addEventListener('scroll', onScroll, { passive: true })
    observer.observe(inner)
    observer.observe(area)
    return () => {
      area.removeEventListener('scroll', onScroll)
      observer.disconnect()
    }
  }, [])

  useEffect(() => {
    sticking.current = count > 0
    const area = scroll.current
    if (area && count > 0) area.scrollTop = area.scrollHeight
  }, [count])

  return { scroll, content, atBottom, toBottom }
}
