import * as fs from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Library } from '../../../src-main/library/library.ts'
import { code, data, ending, open, temporaryDirectory, uuidOf } from './fixture.ts'

let directory: string
let library: Library
const thread = uuidOf(1)

beforeEach(() => {
  directory = temporaryDirectory()
  library = open(directory)
})
afterEach(() => {
  library.close()
  fs.rmSync(directory, { recursive: true, force: true })
})

const say = (id: number, parentId: string | null, text = `message ${id}`, threadId = thread) =>
  library.addUserMessage({ id: uuidOf(id), threadId, parentId, text })
const reply = (id: number, parentId: string, threadId = thread) =>
  library.startReply({
    id: uuidOf(id),
    threadId,
    parentId,
    operationId: uuidOf(1_000 + id),
    modelName: 'practice-fast',
  })
const shown = () => data(library.openThread(thread)).messages.map(({ id }) => id)

describe('threads', () => {
  test('creating twice is one thread; the last used is listed first', () => {
    const first = data(library.createThread(thread))
    expect(data(library.createThread(thread))).toEqual(first)
    data(library.createThread(uuidOf(2)))
    expect(library.listThreads().map(({ id }) => id)).toEqual([uuidOf(2), thread])
    data(say(10, null))
    expect(library.listThreads().map(({ id }) => id)).toEqual([thread, uuidOf(2)])
  })

  test('are named after the first message until a person names them', () => {
    data(library.createThread(thread))
    expect(library.listThreads()[0]?.title).toBe('New chat')
    data(say(10, null, '  Why is\nthe sky blue? '))
    data(say(11, uuidOf(10), 'And the sea?'))
    expect(library.listThreads()[0]?.title).toBe('Why is the sky blue?')
    expect(data(library.renameThread(thread, 'Colours')).title).toBe('Colours')
  })

  test('a name given before the first message stays', () => {
    data(library.createThread(thread))
    data(library.renameThread(thread, 'Mine'))
    data(say(10, null, 'Something else'))
    expect(library.listThreads()[0]?.title).toBe('Mine')
  })

  test('carry the subject of their latest run', () => {
    data(library.createThread(thread))
    data(say(10, null))
    data(
      library.startReply({
        id: uuidOf(11),
        threadId: thread,
        parentId: uuidOf(10),
        operationId: uuidOf(99),
        modelName: 'm',
        subject: 'Research',
      }),
    )
    expect(data(library.openThread(thread)).subject).toBe('Research')
  })

  test('deleting one removes its messages, however deep, and only its own', () => {
    data(library.createThread(thread))
    data(library.createThread(uuidOf(2)))
    data(say(9_000, null, 'stays', uuidOf(2)))
    let parent: string | null = null
    for (let id = 10; id < 1_210; id++) parent = data(say(id, parent)).id
    expect(shown()).toHaveLength(1_200)
    data(library.deleteThread(thread))
    expect(code(library.openThread(thread))).toBe('thread_not_found')
    expect(code(library.deleteThread(thread))).toBe('thread_not_found')
    expect(code(library.branchTo(thread, parent))).toBe('message_not_found')
    expect(data(library.openThread(uuidOf(2))).messages).toHaveLength(1)
  })

  test('nothing is added to a thread that is not there', () => {
    expect(code(say(10, null))).toBe('thread_not_found')
    expect(code(library.renameThread(thread, 'x'))).toBe('thread_not_found')
    expect(code(library.showVersion(thread, uuidOf(10)))).toBe('thread_not_found')
  })
})

describe('messages', () => {
  beforeEach(() => {
    data(library.createThread(thread))
    data(say(10, null, 'Question'))
    data(reply(11, uuidOf(10)))
  })

  test('an edit and a regenerate stand beside what they replace, and either can be shown', () => {
    data(reply(12, uuidOf(10)))
    data(say(20, null, 'Better question'))
    expect(shown()).toEqual([uuidOf(20)])
    const [root] = data(library.openThread(thread)).messages
    expect(root).toMatchObject({ version: 2, versions: [uuidOf(10), uuidOf(20)] })
    data(library.showVersion(thread, uuidOf(10)))
    expect(shown()).toEqual([uuidOf(10), uuidOf(12)])
    const detail = data(library.showVersion(thread, uuidOf(11)))
    expect(detail.messages.map(({ id }) => id)).toEqual([uuidOf(10), uuidOf(11)])
    expect(detail.messages[1]).toMatchObject({ version: 1, versions: [uuidOf(11), uuidOf(12)] })
  })

  test('a message or reply sent twice is there once', () => {
    expect(data(say(10, null, 'Question')).versions).toEqual([uuidOf(10)])
    const again = data(
      library.startReply({
        id: uuidOf(77),
        threadId: thread,
        parentId: uuidOf(10),
        operationId: uuidOf(1_011),
        modelName: 'other',
      }),
    )
    expect(again).toMatchObject({ id: uuidOf(11), versions: [uuidOf(11)] })
  })

  test('a parent of another thread is refused, and so is an id in use there', () => {
    data(library.createThread(uuidOf(2)))
    expect(code(say(30, uuidOf(10), 'x', uuidOf(2)))).toBe('message_not_found')
    expect(code(reply(31, uuidOf(10), uuidOf(2)))).toBe('message_not_found')
    expect(code(say(10, null, 'x', uuidOf(2)))).toBe('id_taken')
    expect(code(library.showVersion(uuidOf(2), uuidOf(10)))).toBe('message_not_found')
    expect(data(library.openThread(uuidOf(2))).messages).toEqual([])
  })

  test('a reply answers a person, not a reply', () => {
    expect(code(reply(31, uuidOf(11)))).toBe('message_not_found')
  })

  test('a reply keeps its text as it comes and its cost once it has ended', () => {
    data(library.saveReplyText(uuidOf(11), 'The sky'))
    expect(library.replyOf(uuidOf(1_011))).toMatchObject({ text: 'The sky', ending: null })
    expect(library.unendedOperations()).toEqual([uuidOf(1_011)])
    data(library.endReply(uuidOf(11), 'The sky is blue.', ending))
    library.close()
    library = open(directory)
    expect(library.replyOf(uuidOf(1_011))).toMatchObject({ text: 'The sky is blue.', ending })
    expect(library.unendedOperations()).toEqual([])
  })

  test('text that comes after the ending changes nothing', () => {
    data(library.endReply(uuidOf(11), 'Done.', ending))
    expect(code(library.saveReplyText(uuidOf(11), 'Do'))).toBe('message_not_found')
    expect(library.replyOf(uuidOf(1_011))?.text).toBe('Done.')
  })

  test('a reply of a deleted thread ends without an error of storage', () => {
    data(library.deleteThread(thread))
    expect(code(library.saveReplyText(uuidOf(11), 'x'))).toBe('message_not_found')
    expect(code(library.endReply(uuidOf(11), 'x', ending))).toBe('message_not_found')
    expect(library.replyOf(uuidOf(1_011))).toBeUndefined()
  })

  test('a person’s message is never overwritten as if it were a reply', () => {
    expect(code(library.saveReplyText(uuidOf(10), 'x'))).toBe('message_not_found')
    expect(code(library.endReply(uuidOf(10), 'x', ending))).toBe('message_not_found')
  })

  test('the branch to a message is what the provider is told', () => {
    data(reply(12, uuidOf(10)))
    const told = data(library.branchTo(thread, uuidOf(11)))
    expect(told.map(({ id }) => id)).toEqual([uuidOf(10), uuidOf(11)])
    expect(data(library.branchTo(thread, null))).toEqual([])
    expect(code(library.branchTo(thread, uuidOf(999)))).toBe('message_not_found')
    expect(code(library.branchTo(uuidOf(2), uuidOf(11)))).toBe('message_not_found')
  })

  test('an operation ended at the next start keeps the text it had', () => {
    data(library.saveReplyText(uuidOf(11), 'The sky'))
    data(library.endOperation(uuidOf(1_011), { ...ending, outcome: 'interrupted' }))
    expect(library.replyOf(uuidOf(1_011))).toMatchObject({
      text: 'The sky',
      ending: { outcome: 'interrupted' },
    })
    expect(library.unendedOperations()).toEqual([])
    data(library.endOperation(uuidOf(424_242), ending))
  })
})
