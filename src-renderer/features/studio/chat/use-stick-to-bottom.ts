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
 * Keeps the end in view as content grows, but only for a person who is at the end. Another last
 * message (`lastId`) means the person has just asked for one: that goes to the end as well.
 */
export function useStickToBottom(lastId: string | null): StickToBottom {
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
    const isNear = () => area.scrollHeight - area.scrollTop - area.clientHeight < NEAR_PX
    let seen = { top: area.scrollTop, height: area.scrollHeight }
    const onScroll = () => {
      const { scrollTop: top, scrollHeight: height } = area
      // Messages change their height as they come near: only going up by more than that is leaving.
      const wentUp = seen.top - top > Math.max(0, seen.height - height) + 1
      seen = { top, height }
      if (isNear()) sticking.current = true
      else if (wentUp) sticking.current = false
      setAtBottom(sticking.current)
    }
    const observer = new ResizeObserver(() => {
      if (sticking.current) area.scrollTop = area.scrollHeight
      setAtBottom(isNear())
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
    sticking.current = lastId !== null
    const area = scroll.current
    if (area && lastId !== null) area.scrollTop = area.scrollHeight
  }, [lastId])

  return { scroll, content, atBottom, toBottom }
}
