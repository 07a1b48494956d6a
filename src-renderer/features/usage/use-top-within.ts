import { type RefObject, useLayoutEffect, useState } from 'react'

/** How far below the beginning of what scrolls an element begins, in pixels, as things above change. */
export function useTopWithin(
  scroller: RefObject<HTMLElement | null>,
  element: RefObject<HTMLElement | null>,
): number {
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    const outer = scroller.current
    const inner = element.current
    if (!outer || !inner) return undefined
    const measure = () => {
      const below = inner.getBoundingClientRect().top - outer.getBoundingClientRect().top
      setTop(Math.round(below + outer.scrollTop))
    }
    measure()
    const watch = new ResizeObserver(measure)
    for (const part of outer.children) watch.observe(part)
    return () => watch.disconnect()
  }, [scroller, element])
  return top
}
