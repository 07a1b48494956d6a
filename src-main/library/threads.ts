/**
 * Chats. A thread is a tree of messages: an edit adds another message beside the one edited, a
 * regenerate another reply beside the earlier one, so nothing said is ever lost; the thread
 * remembers which branch is in view.
 */

import type { DatabaseSync } from 'node:sqlite'
import { failure, type Result, success } from '#shared/result.ts'
import type { MessageView, RunEnding, ThreadDetail, ThreadView } from '#shared/host/views.ts'
import type { Clock } from '#shared/ports/time.ts'
import { transaction } from '../files/transaction.ts'
import { createMessageRows, type MessageRow } from './message-rows.ts'
import { attempt, type LibraryFailure } from './storage-failures.ts'
import { titleFrom, UNTITLED } from './title.ts'

const MAX_THREADS = 5_000
const MAX_MESSAGES = 10_000

export interface NewUserMessage {
  readonly id: string
  readonly threadId: string
  /** The message it follows; null starts the thread. */
  readonly parentId: string | null
  readonly text: string
}

export interface NewReply {
  readonly id: string
  readonly threadId: string
  /** The person's message it answers. */
  readonly parentId: string
  readonly operationId: string
  readonly modelName: string
  /** What the run is for; the thread shows that of its latest run. */
  readonly subject?: string
  /** Hash of the request; null if the same request must be made anew. */
  readonly requestKey?: string | null
}

/**
 * Functions that give a Result fail with `thread_not_found`, `message_not_found`, `disk_full` or
 * another failure of storage, and then have changed nothing.
 */
export interface Threads {
  /** The most recently used first. */
  listThreads(): ThreadView[]
  openThread(threadId: string): Result<ThreadDetail>
  /** Creating a thread that exists returns it. Fails with `too_many_threads`. */
  createThread(threadId: string): Result<ThreadView>
  renameThread(threadId: string, title: string): Result<ThreadView>
  /** Deletes its messages too; what they cost stays in the ledger. */
  deleteThread(threadId: string): Result<null>
  /** Puts the newest branch through this message in view. */
  showVersion(threadId: string, messageId: string): Result<ThreadDetail>
  /** The messages up to and including one, oldest first; none for null, which is a new start. */
  branchTo(threadId: string, messageId: string | null): Result<readonly MessageView[]>
  /** Adding a message that exists returns it. Fails with `thread_full`, `id_taken`. */
  addUserMessage(message: NewUserMessage): Result<MessageView>
  /** An operation has one reply: starting it again returns that. Fails as adding a message does. */
  startReply(reply: NewReply): Result<MessageView>
  /** Keeps the reply so far; a power cut may lose the last second of it. */
  saveReplyText(messageId: string, text: string): Result<null>
  endReply(messageId: string, text: string, ending: RunEnding): Result<MessageView>
  replyOf(operationId: string): MessageView | undefined
  /** The newest completed reply to a request; undefined when there is none. */
  repliedTo(requestKey: string): MessageView | undefined
}

interface ThreadRow {
  readonly id: string
  readonly title: string
  readonly subject: string
  readonly created_at: number
  readonly updated_at: number
  readonly named: number
  readonly leaf: string | null
}

export function createThreads(db: DatabaseSync, clock: Clock): Threads {
  const rows = createMessageRows(db)
  const change = prepareChanges(db)
  const allThreads = db.prepare('SELECT * FROM thread ORDER BY updated_at DESC, rowid DESC')
  const oneThread = db.prepare('SELECT * FROM thread WHERE id = ?')
  const threadCount = db.prepare('SELECT count(*) AS threads FROM thread')

  const find = (threadId: string) => oneThread.get(threadId) as ThreadRow | undefined
  const detail = (thread: ThreadRow): ThreadDetail => ({
    ...threadView(thread),
    messages: thread.leaf === null ? [] : rows.branch(thread.id, thread.leaf),
  })
  /** Reads a thread, changes it and returns the result, in one transaction. */
  const changing = <T>(threadId: string, work: (thread: ThreadRow) => Result<T>): Result<T> =>
    attempt(() =>
      transaction(db, () => {
        const thread = find(threadId)
        return thread ? work(thread) : noThread()
      }),
    )
  const reread = (threadId: string): ThreadRow => {
    const thread = find(threadId)
    if (!thread) throw new Error(`Thread ${threadId} vanished inside its transaction`)
    return thread
  }
  /** Why a message cannot be put below `parentId`, or null when it can. */
  const refusal = (threadId: string, parentId: string | null): LibraryFailure | null => {
    if (parentId !== null && rows.find(parentId)?.thread !== threadId) return noMessage()
    return rows.count(threadId) >= MAX_MESSAGES ? threadFull() : null
  }
  const sameOrTaken = (present: MessageRow, threadId: string): Result<MessageView> =>
    present.thread === threadId ? success(rows.view(present)) : idTaken()
  const added = (messageId: string): Result<MessageView> => {
    const row = rows.find(messageId)
    return row ? success(rows.view(row)) : noMessage()
  }

  return {
    listThreads: () => (allThreads.all() as unknown as ThreadRow[]).map(threadView),
    openThread: (threadId) =>
      attempt(() => {
        const thread = find(threadId)
        return thread ? success(detail(thread)) : noThread()
      }),
    createThread: (threadId) =>
      attempt(() =>
        transaction(db, () => {
          const present = find(threadId)
          if (present) return success(threadView(present))
          const { threads } = threadCount.get() as { threads: number }
          if (threads >= MAX_THREADS) return tooManyThreads()
          const now = clock.now()
          change.insertThread.run(threadId, UNTITLED, now, now)
          return success(threadView(reread(threadId)))
        }),
      ),
    renameThread: (threadId, title) =>
      changing(threadId, () => {
        change.rename.run(title, threadId)
        return success(threadView(reread(threadId)))
      }),
    deleteThread: (threadId) =>
      changing(threadId, () => {
        change.deleteMessages.run(threadId)
        change.deleteThread.run(threadId)
        return success(null)
      }),
    showVersion: (threadId, messageId) =>
      changing(threadId, () => {
        const leaf = rows.newestBelow(threadId, messageId)
        if (leaf === undefined) return noMessage()
        change.show.run(leaf, threadId)
        return success(detail(reread(threadId)))
      }),
    branchTo: (threadId, messageId) =>
      attempt(() => {
        if (messageId === null) return success([])
        const branch = rows.branch(threadId, messageId)
        return branch.length === 0 ? noMessage() : success(branch)
      }),
    addUserMessage: ({ id, threadId, parentId, text }) =>
      changing(threadId, (thread) => {
        const present = rows.find(id)
        if (present) return sameOrTaken(present, threadId)
        const refused = refusal(threadId, parentId)
        if (refused) return refused
        const now = clock.now()
        change.insertUserMessage.run(id, threadId, parentId, text, now)
        if (thread.named === 0 && thread.leaf === null) change.title.run(titleFrom(text), threadId)
        change.showNewest.run(id, now, threadId)
        return added(id)
      }),
    startReply: ({ id, threadId, parentId, operationId, modelName, subject, requestKey = null }) =>
      changing(threadId, () => {
        const present = rows.findReply(operationId) ?? rows.find(id)
        if (present) return sameOrTaken(present, threadId)
        const refused = refusal(threadId, parentId)
        if (refused) return refused
        if (rows.find(parentId)?.role !== 'user') return nothingToAnswer()
        const now = clock.now()
        change.insertReply.run(id, threadId, parentId, now, operationId, modelName, requestKey)
        change.showNewest.run(id, now, threadId)
        if (subject !== undefined) change.subject.run(subject, threadId)
        return added(id)
      }),
    saveReplyText: (messageId, text) =>
      attempt(() => {
        // Not worth a wait for the disk four times a second; the ending is written durably.
        db.exec('PRAGMA synchronous = NORMAL')
        try {
          const { changes } = change.saveText.run(text, messageId)
          return changes === 0 ? noMessage() : success(null)
        } finally {
          db.exec('PRAGMA synchronous = FULL')
        }
      }),
    endReply: (messageId, text, ending) =>
      attempt(() =>
        transaction(db, () => {
          const { changes } = change.end.run(text, JSON.stringify(ending), messageId)
          if (changes === 0) return noMessage()
          change.touch.run(clock.now(), messageId)
          return added(messageId)
        }),
      ),
    replyOf(operationId) {
      const row = rows.findReply(operationId)
      return row && rows.view(row)
    },
    repliedTo(requestKey) {
      const row = rows.findCompleted(requestKey)
      return row && rows.view(row)
    },
  }
}

function prepareChanges(db: DatabaseSync) {
  return {
    insertThread: db.prepare(
      'INSERT INTO thread (id, title, created_at, updated_at) VALUES (?, ?, ?, ?)',
    ),
    rename: db.prepare('UPDATE thread SET title = ?, named = 1 WHERE id = ?'),
    title: db.prepare('UPDATE thread SET title = ? WHERE id = ?'),
    subject: db.prepare('UPDATE thread SET subject = ? WHERE id = ?'),
    show: db.prepare('UPDATE thread SET leaf = ? WHERE id = ?'),
    showNewest: db.prepare('UPDATE thread SET leaf = ?, updated_at = ? WHERE id = ?'),
    touch: db.prepare(
      'UPDATE thread SET updated_at = ? WHERE id = (SELECT thread FROM message WHERE id = ?)',
    ),
    deleteThread: db.prepare('DELETE FROM thread WHERE id = ?'),
    deleteMessages: db.prepare('DELETE FROM message WHERE thread = ?'),
    insertUserMessage: db.prepare(
      "INSERT INTO message (id, thread, parent, role, text, created_at) VALUES (?, ?, ?, 'user', ?, ?)",
    ),
    insertReply: db.prepare(
      `INSERT INTO message (id, thread, parent, role, text, created_at, operation_id, model_name,
         request_key) VALUES (?, ?, ?, 'assistant', '', ?, ?, ?, ?)`,
    ),
    saveText: db.prepare(
      "UPDATE message SET text = ? WHERE id = ? AND role = 'assistant' AND ending IS NULL",
    ),
    end: db.prepare("UPDATE message SET text = ?, ending = ? WHERE id = ? AND role = 'assistant'"),
  }
}

function threadView(row: ThreadRow): ThreadView {
  return {
    id: row.id,
    title: row.title,
    subject: row.subject,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  }
}

function noThread(): LibraryFailure {
  return failure('thread_not_found', 'This chat is no longer there. It may have been deleted.')
}

function noMessage(): LibraryFailure {
  return failure('message_not_found', 'This message is no longer in the chat. Open the chat again.')
}

function nothingToAnswer(): LibraryFailure {
  return failure('message_not_found', 'A reply can only answer a message you wrote.')
}

function idTaken(): LibraryFailure {
  return failure('id_taken', 'That message belongs to another chat. Send it again as a new one.')
}

function tooManyThreads(): LibraryFailure {
  return failure(
    'too_many_threads',
    `You have ${MAX_THREADS.toLocaleString('en')} chats, the most there can be. Delete some to start a new one.`,
  )
}

function threadFull(): LibraryFailure {
  return failure(
    'thread_full',
    `This chat has ${MAX_MESSAGES.toLocaleString('en')} messages, the most it can hold. Start a new chat.`,
  )
}
