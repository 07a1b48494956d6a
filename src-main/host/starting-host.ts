/** A host as its door has it before it has started. */

import { CANNOT_START } from '#shared/host/bridge.ts'
import { failure, type Result } from '#shared/result.ts'
import type { Host } from './host.ts'

export interface StartingHost extends Host {
  /** Resolves once a page has been told why the host could not start. */
  readonly failureTold: Promise<null>
}

/**
 * Stands for a host that is being started: calls and listeners wait for it. If it cannot start,
 * every call is answered with the reason. A page hears of creations only by an answered call, so
 * that until then there are none.
 */
export function whileStarting(starting: Promise<Result<Host>>): StartingHost {
  const told = Promise.withResolvers<null>()
  let started: Host | null = null
  void starting.then((host) => {
    if (host.ok) started = host.data
  })
  return {
    async dispatch(name, input) {
      const host = await starting
      if (host.ok) return host.data.dispatch(name, input)
      // By then this answer is on its way.
      setImmediate(told.resolve, null)
      return failure(CANNOT_START, host.error.message)
    },
    onEvent(listener) {
      const stop = starting.then((host) =>
        host.ok ? host.data.onEvent(listener) : () => undefined,
      )
      return () => void stop.then((now) => now())
    },
    media: (id) => started?.media(id),
    async close() {
      const host = await starting
      if (host.ok) await host.data.close()
    },
    failureTold: told.promise,
  }
}
