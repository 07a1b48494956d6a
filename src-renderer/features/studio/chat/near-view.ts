/** What of a long list is near the view: only that is in the page as more than its text. */

import { createContext, type RefObject, useContext, useEffect, useState } from 'react'

/** One more view above and below counts as near. */
const MARGIN = '100% 0px'

/** Marks the scrolling area. */
export const AREA = 'data-near-view'

type Listener = (near: boolean) => void

export interface NearView {
  /** Tells whenever the element comes near or goes far; gives the way to end it. */
  observe(element: Element, listener: Listener): () => void
}

/** One observer for everything in the scrolling area. */
export function createNearView(): NearView {
  const listeners = new Map<Element, Listener>()
  let observer: IntersectionObserver | null = null
  return {
    observe(element, listener) {
      observer ??= new IntersectionObserver(
        (entries) => {
          for (const { target, isIntersecting } of entries) listeners.get(target)?.(isIntersecting)
        },
        { root: element.closest(`[${AREA}]`), rootMargin: MARGIN },
      )
      listeners.set(element, listener)
      observer.observe(element)
      return () => {
        listeners.delete(element)
        observer?.unobserve(element)
        if (listeners.size > 0) return
        observer?.disconnect()
        observer = null
      }
    },
  }
}

export const NearViewContext = createContext<NearView | null>(null)

interface Nearness {
  readonly near: boolean
  /** How high it was when it last went far, in px; null while that has not been. */
  readonly height: number | null
  readonly bringNear: () => void
}

/** Whether an element is near the view. What has the focus or a form in it does not go far. */
export function useNear(element: RefObject<Element | null>, atFirst: boolean): Nearness {
  const view = useContext(NearViewContext)
  const [state, setState] = useState<{ near: boolean; height: number | null }>({
    near: atFirst,
    height: null,
  })
  useEffect(() => {
    const target = element.current
    if (!target || !view) return undefined
    return view.observe(target, (near) => {
      if (!near && isInUse(target)) return
      // Of now: when the observer looked, it may not yet have been shown as near.
      const height = near ? null : target.getBoundingClientRect().height
      setState((now) => (now.near === near ? now : { near, height: height ?? now.height }))
    })
  }, [element, view])
  return { ...state, bringNear: () => setState((now) => ({ ...now, near: true })) }
}

function isInUse(element: Element): boolean {
  return element.contains(document.activeElement) || element.querySelector('form') !== null
}
