import type { MessageView } from '#shared/host/views.ts'

const LINE_PX = 24
/** Buttons, the line of what it cost, and the gap to the next message. */
const FRAME_PX = 64
/** At the usual width of the column. */
const CHARACTERS_PER_LINE = { user: 72, assistant: 92 } as const

/**
 * About how high messages will be, in px, before they were ever laid out: so that the scroll bar
 * tells the truth from the start, more or less.
 */
export function estimateHeight(messages: readonly Pick<MessageView, 'role' | 'text'>[]): number {
  return messages.reduce((sum, { role, text }) => {
    const perLine = CHARACTERS_PER_LINE[role]
    const lines = text
      .split('\n')
      .reduce((count, line) => count + Math.max(1, Math.ceil(line.length / perLine)), 0)
    return sum + lines * LINE_PX + FRAME_PX
  }, 0)
}
