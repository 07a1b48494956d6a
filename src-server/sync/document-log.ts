/** Documents of accounts as logs: what devices read, and where a log goes on. */

import { documentKind, tailDocument } from '#shared/records/stretches.ts'
import type { Result } from '#shared/result.ts'
import type { Query, Transaction } from '../store/database.ts'
import type { Identity } from '../teams/identity.ts'

/** Goes from one document to the next, whatever their lengths: a device asks with every ping. */
const POSITIONS = `
  WITH RECURSIVE known (document) AS (
    SELECT min(document) FROM document_change WHERE account_id = ?
    UNION ALL
    SELECT (SELECT min(document) FROM document_change
            WHERE account_id = ? AND document > known.document)
    FROM known WHERE known.document IS NOT NULL
  )
  SELECT document, (SELECT max(position) FROM document_change
                    WHERE account_id = ? AND document = known.document) AS position
  FROM known WHERE document IS NOT NULL`

/** The same of tails: from one stream to the next, and in each from one stretch to the next. */
const TAIL_POSITIONS = `
  WITH RECURSIVE streams (stream) AS (
    SELECT min(stream) FROM record_item WHERE account_id = ?
    UNION ALL
    SELECT (SELECT min(stream) FROM record_item WHERE account_id = ? AND stream > streams.stream)
    FROM streams WHERE streams.stream IS NOT NULL
  ), tails (stream, stretch) AS (
    SELECT stream, (SELECT min(stretch) FROM record_item
                    WHERE account_id = ? AND stream = streams.stream)
    FROM streams WHERE stream IS NOT NULL
    UNION ALL
    SELECT stream, (SELECT min(stretch) FROM record_item
                    WHERE account_id = ? AND stream = tails.stream AND stretch > tails.stretch)
    FROM tails WHERE stretch IS NOT NULL
  )
  SELECT stream, stretch, (SELECT max(position) FROM record_item
                           WHERE account_id = ? AND stream = tails.stream
                             AND stretch = tails.stretch) AS position
  FROM tails WHERE stretch IS NOT NULL`

export async function positionsOf(
  query: Query,
  accountId: string,
): Promise<readonly (readonly [document: string, position: number])[]> {
  const account = (times: number) => Array<string>(times).fill(accountId)
  const documents = await query<{ document: string; position: number }>(POSITIONS, ...account(3))
  const tails = await query<{ stream: string; stretch: number; position: number }>(
    TAIL_POSITIONS,
    ...account(5),
  )
  return [
    ...documents.map(({ document, position }) => [document, position] as const),
    ...tails.map(
      ({ stream, stretch, position }) => [tailDocument(stream, stretch), position] as const,
    ),
  ]
}

const AT_ONCE = 1_000

/** Some of what comes after a position; at least one, where there is any. */
export async function itemsAfter(
  query: Query,
  accountId: string,
  document: string,
  position: number,
  maximumBytes: number,
): Promise<readonly Uint8Array[]> {
  const kind = documentKind(document)
  const rows =
    kind?.kind === 'tail'
      ? await query<{ bytes: Uint8Array }>(
          `SELECT bytes FROM record_item
           WHERE account_id = ? AND stream = ? AND stretch = ? AND position > ?
           ORDER BY position LIMIT ${AT_ONCE}`,
          accountId,
          kind.stream,
          kind.stretch,
          position,
        )
      : await query<{ bytes: Uint8Array }>(
          `SELECT bytes FROM document_change
           WHERE account_id = ? AND document = ? AND position > ?
           ORDER BY position LIMIT ${AT_ONCE}`,
          accountId,
          document,
          position,
        )
  let left = maximumBytes
  const fitting = rows.findIndex(({ bytes }, at) => (left -= bytes.length) < 0 && at > 0)
  return rows.slice(0, fitting < 0 ? rows.length : fitting).map(({ bytes }) => bytes)
}

/** The last change of a document. */
export interface LogEnd {
  readonly position: number
  /** Empty before the first. */
  readonly hash: string
}

export async function logEnd(query: Query, accountId: string, document: string): Promise<LogEnd> {
  const [row] = await query<{ position: number; hash: string }>(
    `SELECT position, hash FROM document_change WHERE account_id = ? AND document = ?
     ORDER BY position DESC LIMIT 1`,
    accountId,
    document,
  )
  return row ?? { position: 0, hash: '' }
}

/**
 * Adds one change of a document after `end`; succeeds with the end then, which is the same where the
 * document has the change already.
 */
export type AddChange = (
  transaction: Transaction,
  identity: Identity,
  document: string,
  end: LogEnd,
  bytes: Uint8Array,
) => Promise<Result<LogEnd>>

/** Whether a log has a change. */
export async function isLogged(
  query: Query,
  accountId: string,
  document: string,
  hash: string,
): Promise<boolean> {
  const rows = await query(
    'SELECT position FROM document_change WHERE account_id = ? AND document = ? AND hash = ?',
    accountId,
    document,
    hash,
  )
  return rows.length > 0
}

/** Adds a change at the end of a log. */
export async function addToLog(
  query: Query,
  accountId: string,
  document: string,
  { position, hash }: LogEnd,
  bytes: Uint8Array,
): Promise<void> {
  await query(
    `INSERT INTO document_change (account_id, document, position, hash, bytes)
     VALUES (?, ?, ?, ?, ?)`,
    accountId,
    document,
    position,
    hash,
    bytes,
  )
}
