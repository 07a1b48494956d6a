/** Reading messages and their versions out of the tree. */

import type { DatabaseSync } from 'node:sqlite'
import type { MessageView, RunEnding } from '#shared/host/views.ts'

export interface MessageRow {
  readonly id: string
  readonly thread: string
  readonly parent: string | null
  readonly role: MessageView['role']
  readonly text: string
  readonly created_at: number
  readonly operation_id: string | null
  readonly model_name: string | null
  readonly ending: string | null
}

const COLUMNS = 'id, thread, parent, role, text, created_at, operation_id, model_name, ending'

/** From a message up to the start of its thread, given oldest first. */
const BRANCH = `
WITH RECURSIVE branch (id, parent, depth) AS (
  SELECT id, parent, 0 FROM message WHERE id = ? AND thread = ?
  UNION ALL
  SELECT above.id, above.parent, depth + 1
  FROM branch JOIN message AS above ON above.id = branch.parent
)
SELECT ${COLUMNS.replaceAll(/\w+/g, 'message.$&')}
FROM branch JOIN message ON message.id = branch.id ORDER BY depth DESC`

/** What came last below a message is a leaf: nothing can be older than its parent. */
const NEWEST_BELOW = `
WITH RECURSIVE below (id, place) AS (
  SELECT id, place FROM message WHERE id = ? AND thread = ?
  UNION ALL
  SELECT message.id, message.place FROM below JOIN message ON message.parent = below.id
)
SELECT id FROM below ORDER BY place DESC LIMIT 1`

export interface MessageRows {
  find(messageId: string): MessageRow | undefined
  findReply(operationId: string): MessageRow | undefined
  /** The newest reply to a request that was completed. */
  findCompleted(requestKey: string): MessageRow | undefined
  /** The message with its place among its versions. */
  view(row: MessageRow): MessageView
  /** The messages from the start of the thread to `messageId`; empty when it is not in it. */
  branch(threadId: string, messageId: string): MessageView[]
  /** The end of the newest branch that goes through a message; undefined when it is not there. */
  newestBelow(threadId: string, messageId: string): string | undefined
  count(threadId: string): number
}

export function createMessageRows(db: DatabaseSync): MessageRows {
  const byId = db.prepare(`SELECT ${COLUMNS} FROM message WHERE id = ?`)
  const byOperation = db.prepare(`SELECT ${COLUMNS} FROM message WHERE operation_id = ?`)
  const completed = db.prepare(
    `SELECT ${COLUMNS} FROM message WHERE request_key = ? AND text <> ''
       AND ending ->> 'outcome' = 'completed' ORDER BY place DESC LIMIT 1`,
  )
  const versionsOf = db.prepare(
    'SELECT id FROM message WHERE parent IS ? AND thread = ? ORDER BY place',
  )
  const tree = db.prepare('SELECT id, parent FROM message WHERE thread = ? ORDER BY place')
  const branch = db.prepare(BRANCH)
  const newest = db.prepare(NEWEST_BELOW)
  const counted = db.prepare('SELECT count(*) AS messages FROM message WHERE thread = ?')

  return {
    find: (messageId) => byId.get(messageId) as MessageRow | undefined,
    findCompleted: (requestKey) => completed.get(requestKey) as MessageRow | undefined,
    findReply: (operationId) => byOperation.get(operationId) as MessageRow | undefined,
    view(row) {
      const versions = versionsOf.all(row.parent, row.thread) as { id: string }[]
      return viewOf(
        row,
        versions.map(({ id }) => id),
      )
    },
    branch(threadId, messageId) {
      const rows = branch.all(messageId, threadId) as unknown as MessageRow[]
      if (rows.length === 0) return []
      const nodes = tree.all(threadId) as { id: string; parent: string | null }[]
      const versions = Map.groupBy(nodes, ({ parent }) => parent)
      return rows.map((row) =>
        viewOf(
          row,
          (versions.get(row.parent) ?? []).map(({ id }) => id),
        ),
      )
    },
    newestBelow: (threadId, messageId) =>
      (newest.get(messageId, threadId) as { id: string } | undefined)?.id,
    count: (threadId) => (counted.get(threadId) as { messages: number }).messages,
  }
}

function viewOf(row: MessageRow, versions: readonly string[]): MessageView {
  return {
    id: row.id,
    threadId: row.thread,
    parentId: row.parent,
    role: row.role,
    text: row.text,
    createdAt: row.created_at,
    version: versions.indexOf(row.id) + 1,
    versions,
    operationId: row.operation_id,
    modelName: row.model_name,
    ending: row.ending === null ? null : (JSON.parse(row.ending) as RunEnding),
  }
}
