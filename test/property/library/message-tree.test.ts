import * as fs from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from '../../../src-main/library/database.ts'
import { createThreads, type Threads } from '../../../src-main/library/threads.ts'
import type { MessageView } from '#shared/host/views.ts'
import {
  data,
  steppingClock,
  temporaryDirectory,
  uuidOf,
} from '../../integration/library/fixture.ts'

let directory: string
let threads: Threads
let close: () => void
let used = 0

beforeAll(() => {
  directory = temporaryDirectory()
  const db = openDatabase(join(directory, 'library.sqlite'), { check: false })
  threads = createThreads(db, steppingClock())
  close = () => db.close()
})
afterAll(() => {
  close()
  fs.rmSync(directory, { recursive: true, force: true })
})

/** What a person does; `pick` chooses among the messages there are. */
const step = fc.record({
  kind: fc.constantFrom('send', 'edit', 'regenerate', 'show'),
  pick: fc.nat(),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const newId = () => uuidOf(++used)

function take(threadId: string, all: Map<string, MessageView>, { kind, pick }: Step): void {
  const known = [...all.values()]
  const chosen = known[pick % Math.max(1, known.length)]
  const questions = known.filter(({ role }) => role === 'user')
  const question = questions[pick % Math.max(1, questions.length)]
  const shown = data(threads.openThread(threadId)).messages
  const keep = (message: MessageView) => all.set(message.id, message)
  const ask = (parentId: string | null) =>
    keep(data(threads.addUserMessage({ id: newId(), threadId, parentId, text: 'x' })))
  const answer = (parentId: string) => {
    const reply = { id: newId(), threadId, parentId, operationId: newId(), modelName: 'm' }
    keep(data(threads.startReply(reply)))
  }
  if (kind === 'send') {
    ask(shown.at(-1)?.id ?? null)
    const asked = data(threads.openThread(threadId)).messages.at(-1)
    if (pick % 3 !== 0 && asked) answer(asked.id)
  } else if (kind === 'edit' && question) ask(question.parentId)
  else if (kind === 'regenerate' && question) answer(question.id)
  else if (kind === 'show' && chosen) data(threads.showVersion(threadId, chosen.id))
}

function expectPath(branch: readonly MessageView[]): void {
  branch.forEach((message, at) => expect(message.parentId).toBe(branch[at - 1]?.id ?? null))
}

test('whatever is sent, edited, regenerated and shown, nothing is lost and versions agree', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const threadId = newId()
      data(threads.createThread(threadId))
      const all = new Map<string, MessageView>()
      for (const next of steps) {
        const before = all.size
        take(threadId, all, next)
        const { messages } = data(threads.openThread(threadId))
        expectPath(messages)
        const newest = [...all.keys()].at(-1)
        if (all.size > before) expect(messages.at(-1)?.id).toBe(newest)
      }
      const parents = new Set([...all.values()].map(({ parentId }) => parentId))
      for (const { id, parentId } of all.values()) {
        const { messages } = data(threads.showVersion(threadId, id))
        expectPath(messages)
        // Shown, and down to a message that nothing follows.
        expect(parents.has(messages.at(-1)?.id ?? '')).toBe(false)
        const message = messages.find((candidate) => candidate.id === id)
        const siblings = [...all.values()].filter((other) => other.parentId === parentId)
        expect(message?.versions).toEqual(siblings.map((sibling) => sibling.id))
        expect(message?.version).toBe(siblings.findIndex((sibling) => sibling.id === id) + 1)
        const told = data(threads.branchTo(threadId, id))
        expect(told).toEqual(messages.slice(0, told.length))
      }
      data(threads.deleteThread(threadId))
    }),
    { numRuns: 40 },
  )
})
