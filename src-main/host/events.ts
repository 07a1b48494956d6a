/** Carries host events to every door. */

import type { HostEvent } from '#shared/host/events.ts'
import type { Log } from '#shared/ports/log.ts'

export interface Events {
  emit(event: HostEvent): void
  listen(listener: (event: HostEvent) => void): () => void
}

/** A listener that throws is logged and does not affect the others. */
export function createEvents(log: Log): Events {
  const listeners = new Set<(event: HostEvent) => void>()
  return {
    emit(event) {
      for (const listener of listeners) {
        try {
          listener(event)
        } catch (error) {
          log.error('A window did not take an event', { type: event.type, error })
        }
      }
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
