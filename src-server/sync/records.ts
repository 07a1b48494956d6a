/**
 * Stores the records of devices: streams of batches, and full stretches as segments (decision
 * 0016). Every call is within the transaction that has locked the account.
 */

import type { RecordHead } from '#shared/journal/lease-facts.ts'
import { decodeRecords, encodeRecords, isContinued } from '#shared/records/batch.ts'
import { contentOf, headText, NO_RECORDS } from '#shared/records/canonical.ts'
import type { Json } from '#shared/records/json-tokens.ts'
import { readRecord } from '#shared/records/read-record.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import { reportedRecord } from '#shared/records/reported.ts'
import { encodeTailItem, toHex } from '#shared/records/sealed.ts'
import { stretchEnd, stretchOf, stretchStart, tailDocument } from '#shared/records/stretches.ts'
import { failure, success } from '#shared/result.ts'
import type { Query } from '../store/database.ts'
import { sha256 } from '../ports/sha256.ts'
import { isSignedBy } from '../teams/hashes.ts'
import { tellAccount } from './news.ts'
import type { RecordStore } from './ports.ts'
import { hashesOf, hashesOfSegment, keepSegment, readSegment } from './segments.ts'

const HASH = 32

interface StreamRow {
  readonly sequence: number
  readonly hash: string
  readonly last: string
}

export function createRecordStore(): RecordStore {
  return { read, isSigned, head, hashes, append }
}

const read: RecordStore['read'] = async (query, accountId, stream, place) => {
  const { deviceId, from, previous, batch } = place
  const before = isContinued(batch) ? await lastRecord(query, accountId, stream, deviceId) : null
  const decoded = decodeRecords(batch, deviceId, from, before)
  if (!decoded.ok) return decoded
  const records = decoded.data
  const last = records.at(-1)?.sequence ?? from
  if (stretchOf(from) !== stretchOf(last) || (before && from === stretchStart(stretchOf(from)))) {
    return failure('record_invalid', 'A batch of records goes over the end of its stretch.')
  }
  const reported = records.map(reportedRecord)
  return success({ records, hashes: hashesOf(records, previous), reported })
}

const isSigned: RecordStore['isSigned'] = async (query, identity, head, signature) => {
  const { accountId, deviceId } = identity
  const [row] = await query<{ public_key: string }>(
    'SELECT public_key FROM device WHERE account_id = ? AND id = ?',
    accountId,
    deviceId,
  )
  if (!row) return false
  const text = headText(accountId, deviceId, head)
  return isSignedBy(row.public_key, text, Buffer.from(signature).toString('base64url'))
}

const head: RecordStore['head'] = async (query, accountId, stream) => {
  const row = await streamRow(query, accountId, stream)
  return row ? { sequence: row.sequence, hash: row.hash } : NO_RECORDS
}

async function streamRow(query: Query, accountId: string, stream: string) {
  const [row] = await query<StreamRow>(
    'SELECT sequence, hash, last FROM record_stream WHERE account_id = ? AND stream = ?',
    accountId,
    stream,
  )
  return row
}

async function lastRecord(
  query: Query,
  accountId: string,
  stream: string,
  deviceId: string,
): Promise<DeviceRecord | null> {
  const row = await streamRow(query, accountId, stream)
  return row ? readRecord(deviceId, row.sequence, JSON.parse(row.last) as Json) : null
}

const hashes: RecordStore['hashes'] = async (query, accountId, stream, from, to) => {
  const found: string[] = []
  let at = from
  if (at === 0 && to >= 0) {
    found.push('')
    at = 1
  }
  while (at <= to) {
    const stretch = stretchOf(at)
    const end = Math.min(to, stretchEnd(stretch))
    found.push(...(await hashesIn(query, accountId, stream, stretch, at, end)))
    at = end + 1
  }
  return found
}

/** Hashes of records `from` to `to` of one stretch. */
async function hashesIn(
  query: Query,
  accountId: string,
  stream: string,
  stretch: number,
  from: number,
  to: number,
): Promise<readonly string[]> {
  const sealed = await sealedStretch(query, accountId, stream, stretch)
  if (sealed && from === stretchEnd(stretch)) return [sealed.hash]
  if (sealed) {
    const bytes = await readSegment(query, accountId, sealed.name)
    const start = stretchStart(stretch)
    const [previous = ''] = await hashes(query, accountId, stream, start - 1, start - 1)
    const all = hashesOfSegment(bytes ?? new Uint8Array(), stretch, previous)
    if (!all.ok) throw new Error(`Stretch ${stretch} of ${stream} cannot be read`)
    return all.data.slice(from - start, to + 1 - start)
  }
  const rows = await query<{ first: number; last: number; hashes: Uint8Array }>(
    `SELECT first, last, hashes FROM record_item
     WHERE account_id = ? AND stream = ? AND stretch = ? AND last >= ? AND first <= ?
     ORDER BY position`,
    accountId,
    stream,
    stretch,
    from,
    to,
  )
  return rows.flatMap(({ first, last, hashes: packed }) => {
    const begin = Math.max(first, from)
    const count = Math.min(last, to) - begin + 1
    return Array.from({ length: count }, (_, index) => {
      const at = (begin - first + index) * HASH
      return toHex(packed.subarray(at, at + HASH))
    })
  })
}

/** A full stretch of a stream and its segment; null while it is not known to be full. */
export async function sealedStretch(
  query: Query,
  accountId: string,
  stream: string,
  stretch: number,
): Promise<{ readonly name: string; readonly hash: string } | null> {
  const [row] = await query<{ name: string; hash: string }>(
    'SELECT name, hash FROM record_stretch WHERE account_id = ? AND stream = ? AND stretch = ?',
    accountId,
    stream,
    stretch,
  )
  return row ?? null
}

/** Records that a segment holds a full stretch. */
export async function sealStretch(
  query: Query,
  accountId: string,
  stream: string,
  { name, head: end }: { readonly name: string; readonly head: RecordHead },
): Promise<void> {
  const stretch = stretchOf(end.sequence)
  await query(
    `INSERT INTO record_stretch (account_id, stream, stretch, name, hash) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (account_id, stream, stretch) DO NOTHING`,
    accountId,
    stream,
    stretch,
    name,
    end.hash,
  )
}

/** Drops a stretch's batches: its index tells the account's devices where its records are. */
export async function dropItems(
  query: Query,
  accountId: string,
  stream: string,
  stretch: number,
): Promise<void> {
  await query(
    'DELETE FROM record_item WHERE account_id = ? AND stream = ? AND stretch = ?',
    accountId,
    stream,
    stretch,
  )
}

const append: RecordStore['append'] = async (transaction, batch) => {
  const { query } = transaction
  const { accountId, deviceId, stream, batchFrom, to } = batch
  const stretch = stretchOf(to.sequence)
  const isFull = batchFrom === stretchStart(stretch) && to.sequence === stretchEnd(stretch)
  const last = batch.records.at(-1) as DeviceRecord
  const content = JSON.stringify(contentOf(last))
  if (isFull && stream === deviceId && !isContinued(batch.batch)) {
    const name = sha256(batch.batch)
    await keepSegment(query, accountId, deviceId, name, batch.batch)
    await sealStretch(query, accountId, stream, { name, head: to })
  } else await addItem(query, batch, stretch)
  await query(
    `INSERT INTO record_stream (account_id, stream, device_id, sequence, hash, last, signature)
     VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (account_id, stream) DO UPDATE SET sequence = excluded.sequence,
       hash = excluded.hash, last = excluded.last, signature = excluded.signature`,
    accountId,
    stream,
    deviceId,
    to.sequence,
    to.hash,
    content,
    batch.signature,
  )
  const document = tailDocument(stream, stretch)
  tellAccount(transaction, accountId, { about: 'document', document })
}

/** The batch as it came if all of it is new; otherwise its new part, encoded again. */
async function addItem(
  query: Query,
  { accountId, stream, from, batchFrom, to, batch, records, hashes: all }: Appended,
  stretch: number,
): Promise<void> {
  const at = from - batchFrom
  const known = await streamRow(query, accountId, stream)
  const follows = known?.sequence === from - 1 && from !== stretchStart(stretch)
  const cut = () => encodeRecords(records.slice(at), follows ? (records[at - 1] ?? null) : null)
  const bytes = encodeTailItem({ from, batch: at === 0 ? batch : cut() })
  const [row] = await query<{ position: number }>(
    `SELECT coalesce(max(position), 0) AS position FROM record_item
     WHERE account_id = ? AND stream = ? AND stretch = ?`,
    accountId,
    stream,
    stretch,
  )
  await query(
    `INSERT INTO record_item (account_id, stream, stretch, position, first, last, bytes, hashes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    accountId,
    stream,
    stretch,
    (row?.position ?? 0) + 1,
    from,
    to.sequence,
    bytes,
    Buffer.from(all.slice(at).join(''), 'hex'),
  )
}

type Appended = Parameters<RecordStore['append']>[1]
