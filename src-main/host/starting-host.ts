/** A host as its door has it before it has started. */

import type { Host } from './host.ts'

/**
 * Stands for a host that is being started: calls and listeners wait for it. A page hears of
 * creations only by an answered call, so that until then there are none.
 */
export function whileStarting(starting: Promise<Host>): Host {
  let started: Host | null = null
  // Whoever starts it is told why it failed.
  starting.then(
    (host) => (started = host),
    () => undefined,
  )
  return {
    dispatch: async (name, input) => (await starting).dispatch(name, input),
    onEvent(listener) {
      const stop = starting.then(
        (host) => host.onEvent(listener),
        () => () => undefined,
      )
      return () => void stop.then((now) => now())
    },
    media: (id) => started?.media(id),
    close: async () => (await starting).close(),
  }
}
