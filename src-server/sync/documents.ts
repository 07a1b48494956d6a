/**
 * Documents of accounts as logs (decision 0016). The server keeps no document in memory: it reads of
 * each change only what it must know to accept it.
 */

import { decodeChange } from '@automerge/automerge'
import { decodeSealed } from '#shared/records/sealed.ts'
import {
  ACCOUNT_DOCUMENT,
  documentKind,
  indexDocument,
  stretchEnd,
  stretchStart,
  tailDocument,
} from '#shared/records/stretches.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { mayEditName } from '#shared/team/names.ts'
import type { Database, Query, Transaction } from '../store/database.ts'
import type { Identity } from '../teams/identity.ts'
import { tellAccount } from './news.ts'
import type { DocumentStore } from './ports.ts'
import { createRecordStore, dropItems, sealedStretch, sealStretch } from './records.ts'
import { hashesOfSegment, keepSegment, readSegment } from './segments.ts'

export function createDocumentStore(database: Database): DocumentStore {
  return {
    positions: (accountId) => positionsOf(database.query, accountId),
    after: (accountId, document, position, maximumBytes) =>
      itemsAfter(database.query, accountId, document, position, maximumBytes),
    put: (identity, document, items) =>
      database.transaction(async (transaction) => {
        await transaction.lockAccount(identity.accountId)
        return put(transaction, identity, document, items)
      }),
    segment: (accountId, name) => readSegment(database.query, accountId, name),
    putSegment: ({ accountId, deviceId }, name, bytes) =>
      keepSegment(database.query, accountId, deviceId, name, bytes),
  }
}

async function positionsOf(query: Query, accountId: string) {
  const documents = await query<{ document: string; position: number }>(
    `SELECT document, max(position) AS position FROM document_change WHERE account_id = ?
     GROUP BY document`,
    accountId,
  )
  const tails = await query<{ stream: string; stretch: number; position: number }>(
    `SELECT stream, stretch, max(position) AS position FROM record_item WHERE account_id = ?
     GROUP BY stream, stretch`,
    accountId,
  )
  return [
    ...documents.map(({ document, position }) => [document, position] as const),
    ...tails.map(
      ({ stream, stretch, position }) => [tailDocument(stream, stretch), position] as const,
    ),
  ]
}

const AT_ONCE = 1_000

async function itemsAfter(
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

/** What of a change must be known. */
interface ReadChange {
  readonly bytes: Uint8Array
  readonly hash: string
  readonly deps: readonly string[]
  readonly puts: readonly { readonly key: string; readonly value: string | Uint8Array }[]
}

/** A change that only puts values under keys of the root; null for any other. */
function readChange(bytes: Uint8Array): ReadChange | null {
  try {
    const { hash, deps, ops } = decodeChange(bytes)
    const puts: { readonly key: string; readonly value: string | Uint8Array }[] = []
    for (const { action, obj, key, value } of ops) {
      if (action !== 'set' || obj !== '_root' || typeof key !== 'string') return null
      if (typeof value === 'string') puts.push({ key, value })
      else if (Array.isArray(value)) puts.push({ key, value: Uint8Array.from(value as number[]) })
      else return null
    }
    return { bytes, hash, deps, puts }
  } catch {
    return null
  }
}

async function put(
  transaction: Transaction,
  identity: Identity,
  document: string,
  items: readonly Uint8Array[],
): Promise<Result<{ readonly after: number; readonly to: number }>> {
  const { query } = transaction
  const { accountId } = identity
  const log = await query<{ hash: string }>(
    'SELECT hash FROM document_change WHERE account_id = ? AND document = ? ORDER BY position',
    accountId,
    document,
  )
  const known = new Set(log.map(({ hash }) => hash))
  const after = log.length
  for (const bytes of items) {
    const change = readChange(bytes)
    if (!change) return invalid('it does more than put values')
    if (known.has(change.hash)) continue
    if (!change.deps.every((hash) => known.has(hash))) return invalid('what it follows is missing')
    const refusal =
      document === ACCOUNT_DOCUMENT
        ? checkNames(identity, change)
        : await checkIndex(transaction, identity, document, change, known.size)
    if (refusal !== null) return invalid(refusal)
    known.add(change.hash)
    await query(
      `INSERT INTO document_change (account_id, document, position, hash, bytes)
       VALUES (?, ?, ?, ?, ?)`,
      accountId,
      document,
      known.size,
      change.hash,
      bytes,
    )
  }
  if (known.size > after) tellAccount(transaction, accountId, { about: 'document', document })
  return success({ after, to: known.size })
}

function invalid(why: string) {
  return failure('document_invalid', `A change to a shared document was not accepted: ${why}.`)
}

const MAX_NAME = 200

function checkNames(identity: Identity, { puts }: ReadChange): string | null {
  for (const { key, value } of puts) {
    if (typeof value !== 'string' || value.length > MAX_NAME) return 'a name is no short text'
    if (!mayEditName(identity, key)) return 'it is not theirs to name'
  }
  return null
}

/** Stretches come one after another, and each is what the stream and its segment say. */
async function checkIndex(
  { query }: Transaction,
  { accountId, deviceId }: Identity,
  document: string,
  { puts, deps }: ReadChange,
  position: number,
): Promise<string | null> {
  if (document !== indexDocument(deviceId)) return 'it is another machine’s'
  const [only] = puts
  const stretch = position + 1
  if (puts.length !== 1 || only?.key !== String(stretch) || typeof only.value === 'string') {
    return 'it is not the next stretch'
  }
  if (deps.length !== Math.min(position, 1)) return 'it does not follow the stretch before'
  const sealed = decodeSealed(stretch, only.value)
  if (!sealed) return 'it names no segment'
  const known = await sealedStretch(query, accountId, deviceId, stretch)
  if (known) {
    if (known.name !== sealed.name || known.hash !== sealed.head.hash) {
      return 'it names another segment'
    }
    await dropItems(query, accountId, deviceId, stretch)
    return null
  }
  const bytes = await readSegment(query, accountId, sealed.name)
  if (!bytes) return 'its segment is missing'
  const records = createRecordStore()
  const start = stretchStart(stretch) - 1
  const head = await records.head(query, accountId, deviceId)
  if (head.sequence < stretchEnd(stretch)) return 'its records are missing'
  const [previous = ''] = await records.hashes(query, accountId, deviceId, start, start)
  const end = stretchEnd(stretch)
  const [ours] = await records.hashes(query, accountId, deviceId, end, end)
  const hashes = hashesOfSegment(bytes, stretch, previous)
  if (!hashes.ok || hashes.data.at(-1) !== ours || ours !== sealed.head.hash) {
    return 'its segment holds other records'
  }
  await sealStretch(query, accountId, deviceId, sealed)
  await dropItems(query, accountId, deviceId, stretch)
  return null
}
