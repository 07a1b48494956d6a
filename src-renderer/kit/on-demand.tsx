/** Code that is no part of the first screen. */

import { lazy, useState, type ComponentType } from 'react'

const notFetched: (() => Promise<unknown>)[] = []

/**
 * A component whose code is fetched when it is first shown, or before, while the window is idle.
 * Show it within a `Suspense`: once the code is there, nothing waits.
 */
export function onDemand<Props extends object>(fetch: () => Promise<ComponentType<Props>>) {
  let fetched: ComponentType<Props> | null = null
  const keep = async () => {
    fetched = await fetch()
    return { default: fetched }
  }
  const Awaited = lazy(keep) as unknown as ComponentType<Props>
  notFetched.push(keep)

  return function OnDemand(props: Props) {
    // As it was mounted: to change over to the other would mount it anew.
    const [Shown] = useState(() => fetched ?? Awaited)
    return <Shown {...props} />
  }
}

/** Safari does not tell when it is idle. */
const whenIdle =
  'requestIdleCallback' in window
    ? window.requestIdleCallback
    : (run: () => void) => setTimeout(run, 200)

/** Fetches the code of all of them, one after the other. */
export function fetchWhileIdle(): void {
  const fetch = notFetched.shift()
  if (!fetch) return
  // One that cannot be had is asked for again when it is shown, and missed then.
  whenIdle(() => void fetch().then(fetchWhileIdle, fetchWhileIdle))
}
