/** A data folder with a chat as long as a year of talk, written before the app starts. */

import { millicredits } from '#shared/credits/amount.ts'
import type { Result } from '#shared/result.ts'
import { openLibrary } from '../../../src-main/library/library.ts'

/** Fills a data folder; every question and reply says its number, from 1. */
export function writeLongThread(folder: string, exchanges: number): void {
  let now = Date.UTC(2026, 0, 1)
  const clock = { now: () => (now += 1_000), monotonic: () => 0 }
  const library = unwrap(openLibrary(folder, { clock }))
  const threadId = crypto.randomUUID()
  unwrap(library.createThread(threadId))
  let parentId: string | null = null
  for (let number = 1; number <= exchanges; number++) {
    const id = crypto.randomUUID()
    const text = `Question ${number}. What next?`
    unwrap(library.addUserMessage({ id, threadId, parentId, text }))
    parentId = crypto.randomUUID()
    unwrap(
      library.startReply({
        id: parentId,
        threadId,
        parentId: id,
        operationId: crypto.randomUUID(),
        modelName: 'practice',
      }),
    )
    unwrap(library.endReply(parentId, replyTo(number), ending))
  }
  unwrap(library.renameThread(threadId, 'A long talk'))
  library.close()
}

/** Higher than anybody would guess from its text. */
const TABLE = `\n| Day | Weather |\n|---|---|\n${'| Monday | Rain |\n'.repeat(12)}\n`

/** Of very different lengths, as replies are. */
const replyTo = (number: number) =>
  `**Reply ${number}.** ${'It goes on for a while. '.repeat((number * 7) % 23)}\n\n${
    number % 5 === 0 ? '- one\n- two\n- three\n' : ''
  }${number % 3 === 1 ? TABLE : ''}${number % 11 === 0 ? '```\ncode of some lines\nand another\n```\n' : ''}`

const ending = {
  status: 'settled',
  outcome: 'completed',
  charged: millicredits(2_000),
  elapsedMs: 900,
  error: null,
} as const

function unwrap<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.error.code}: ${result.error.message}`)
  return result.data
}
