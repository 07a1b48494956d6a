/** What waits to be sent on one socket, bounded: a page that stops reading must not fill the host's memory. */

/** Beyond this many bytes of events, or of answers, not yet taken by the page, it counts as stuck. */
export const MAXIMUM_BUFFERED_BYTES = 8_000_000

export interface OutboxPorts {
  /** Calls `done` when the text has left the process or never will. */
  readonly send: (text: string, done: () => void) => void
  /** Told once; after it nothing more is sent. */
  readonly onStuck: () => void
}

/**
 * The bound is checked before a text is added, separately for each kind: one answer may be large
 * (an export), and events arriving meanwhile are no reason to drop it.
 */
export function createOutbox(ports: OutboxPorts, maximumBytes = MAXIMUM_BUFFERED_BYTES) {
  const waitingBytes = { event: 0, answer: 0 }
  let stuck = false

  return {
    post(kind: 'event' | 'answer', text: string): void {
      if (stuck) return
      if (waitingBytes[kind] > maximumBytes) {
        stuck = true
        ports.onStuck()
        return
      }
      const bytes = Buffer.byteLength(text)
      waitingBytes[kind] += bytes
      ports.send(text, () => {
        waitingBytes[kind] -= bytes
      })
    },
  }
}
