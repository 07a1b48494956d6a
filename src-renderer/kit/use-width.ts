import { type RefCallback, useCallback, useRef, useState } from 'react'

/** The width of an element in px, followed as it changes; zero until it is laid out. */
export function useWidth(): readonly [RefCallback<HTMLElement>, number] {
  const [width, setWidth] = useState(0)
  const observer = useRef<ResizeObserver | null>(null)
  const attach = useCallback<RefCallback<HTMLElement>>((element) => {
    observer.current?.disconnect()
    observer.current = null
    if (!element) return
    observer.current = new ResizeObserver(([entry]) => {
      if (entry) setWidth(Math.floor(entry.contentRect.width))
    })
    observer.current.observe(element)
  }, [])
  return [attach, width]
}
