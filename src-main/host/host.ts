/** The running host as its doors see it. */

import type { HostEvent } from '#shared/host/events.ts'
import type { Result } from '#shared/result.ts'

/** A file of the library: served under `/media/<id>`. */
export interface HostMedia {
  /** Absolute. */
  readonly path: string
  readonly mediaType: string
  readonly bytes: number
}

export interface Host {
  /** Answers any call a window makes, valid or not. Never rejects. */
  dispatch(name: unknown, input: unknown): Promise<Result<unknown>>
  /** Returns the unsubscribe. */
  onEvent(listener: (event: HostEvent) => void): () => void
  /** Undefined if there is no such creation. `id` comes from a page and may be anything. */
  media(id: string): HostMedia | undefined
  /** Ends what runs, settles it and closes the ledger. Calling it twice is closing once. */
  close(): Promise<void>
}
