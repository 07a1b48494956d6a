/** The listeners of this process, by channel. */

import type { Log } from '#shared/ports/log.ts'
import type { Listener } from './database.ts'
import type { Notice } from './statements.ts'

export interface Listeners {
  add(channel: string, listener: Listener): () => void
  tell(notice: Notice): void
  /** Tells every listener to look for itself. */
  tellAll(): void
  readonly count: number
}

export function createListeners(log: Log): Listeners {
  const channels = new Map<string, Set<Listener>>()

  /** A listener that throws does not keep the others from being called. */
  function call(listener: Listener, channel: string, payload: string | null): void {
    try {
      listener(payload)
    } catch (error) {
      log.error('A listener of the store failed', { channel, error: String(error) })
    }
  }

  return {
    add(channel, listener) {
      const own = (payload: string | null) => listener(payload)
      const others = channels.get(channel) ?? new Set()
      channels.set(channel, others.add(own))
      return () => {
        others.delete(own)
        if (others.size === 0 && channels.get(channel) === others) channels.delete(channel)
      }
    },
    tell({ channel, payload }) {
      for (const listener of [...(channels.get(channel) ?? [])]) call(listener, channel, payload)
    },
    tellAll() {
      for (const [channel, listeners] of [...channels]) {
        for (const listener of [...listeners]) call(listener, channel, null)
      }
    },
    get count() {
      return channels.size
    },
  }
}
