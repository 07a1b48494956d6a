/** Sealed history: whole stretches, named by their hash, and the hashes of what is in them. */

import type { RecordHead } from '#shared/journal/lease-facts.ts'
import { decodeRecords } from '#shared/records/batch.ts'
import { headAfterRecord } from '#shared/records/canonical.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import { stretchEnd, stretchStart } from '#shared/records/stretches.ts'
import { failure, type Result, success } from '#shared/result.ts'
import { sha256 } from '../ports/sha256.ts'
import type { Query } from '../store/database.ts'

export async function readSegment(
  query: Query,
  accountId: string,
  name: string,
): Promise<Uint8Array | null> {
  const [row] = await query<{ bytes: Uint8Array }>(
    'SELECT bytes FROM record_segment WHERE account_id = ? AND name = ?',
    accountId,
    name,
  )
  return row?.bytes ?? null
}

/** Keeps a segment, or fails with `segment_invalid` when the bytes are not what the name says. */
export async function keepSegment(
  query: Query,
  accountId: string,
  deviceId: string,
  name: string,
  bytes: Uint8Array,
): Promise<Result<null>> {
  if (sha256(bytes) !== name) {
    return failure('segment_invalid', 'A piece of history does not match its name.', { name })
  }
  await query(
    `INSERT INTO record_segment (account_id, name, device_id, bytes) VALUES (?, ?, ?, ?)
     ON CONFLICT (account_id, name) DO NOTHING`,
    accountId,
    name,
    deviceId,
    bytes,
  )
  return success(null)
}

/** Hashes after each record, chained on the one before them. */
export function hashesOf(records: readonly DeviceRecord[], previous: string): readonly string[] {
  let head: RecordHead = { sequence: (records[0]?.sequence ?? 1) - 1, hash: previous }
  return records.map((record) => {
    head = headAfterRecord(head, record, sha256)
    return head.hash
  })
}

/** Hashes of all records of a full stretch; fails with `segment_invalid` when it is not one. */
export function hashesOfSegment(
  bytes: Uint8Array,
  stretch: number,
  previous: string,
): Result<readonly string[]> {
  const read = decodeRecords(bytes, '', stretchStart(stretch))
  if (!read.ok || read.data.at(-1)?.sequence !== stretchEnd(stretch)) {
    return failure('segment_invalid', 'A piece of history is not a full stretch.', { stretch })
  }
  return success(hashesOf(read.data, previous))
}
