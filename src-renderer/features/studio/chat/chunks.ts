import type { MessageView } from '#shared/host/views.ts'

/** About three views of a page. */
const CHUNK = 20

/** A thread in pieces of which only those near the view are in the page as messages. */
export function chunksOf(messages: readonly MessageView[]): readonly (readonly MessageView[])[] {
  return Array.from({ length: Math.ceil(messages.length / CHUNK) }, (_, index) =>
    messages.slice(index * CHUNK, (index + 1) * CHUNK),
  )
}
