/** A device's records of any number as everybody keeps them, made by the real code once. */

import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { encodeRecords } from '#shared/records/batch.ts'
import { headAfterRecord, NO_RECORDS } from '#shared/records/canonical.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import { encodeRollup, rollUp } from '#shared/records/rollup.ts'
import { encodeTailItem } from '#shared/records/sealed.ts'
import { STRETCH } from '#shared/records/stretches.ts'
import { sha256 } from '../../src-main/ports/sha256.ts'
import { createIndexWriter } from '../../src-main/sync/records/index-document.ts'
import { recordWorld } from '../support/records.ts'
import { CACHE } from './generate.ts'

/** Raise it when what is generated changes. */
const EDITION = 1

export interface Shard {
  readonly deviceId: string
  readonly segments: readonly { readonly name: string; readonly bytes: Uint8Array }[]
  readonly index: readonly Uint8Array[]
  readonly tail: readonly Uint8Array[]
}

/** Which records: the same for the same. */
export interface ShardKey {
  readonly deviceId: string
  readonly count: number
  readonly seed: number
}

const fileOf = ({ deviceId, count }: ShardKey) =>
  join(CACHE, `shard-${deviceId}-${count}-e${EDITION}.sqlite`)

export const isMade = (key: ShardKey): boolean => existsSync(fileOf(key))

/** What was made of these records (`makeShard`). */
export function shardOf(key: ShardKey): Shard {
  const segments = partsOf(key, 'segment').map((bytes) => ({ name: sha256(bytes), bytes }))
  const { deviceId } = key
  return { deviceId, segments, index: partsOf(key, 'index'), tail: partsOf(key, 'tail') }
}

/** Each record as the library held against it would keep it: what a page of usage needs. */
export function plainRecords(key: ShardKey): readonly string[] {
  return partsOf(key, 'plain').flatMap(
    (bytes) => JSON.parse(Buffer.from(bytes).toString()) as string[],
  )
}

function partsOf(key: ShardKey, kind: string): readonly Uint8Array[] {
  const db = new DatabaseSync(fileOf(key), { readOnly: true })
  const rows = db.prepare('SELECT bytes FROM part WHERE kind = ? ORDER BY number').all(kind)
  db.close()
  return rows.map(({ bytes }) => bytes as Uint8Array)
}

/** Makes them once, in a file of their own. */
export function makeShard(key: ShardKey): void {
  const { deviceId, count, seed } = key
  const file = fileOf(key)
  mkdirSync(dirname(file), { recursive: true })
  const making = `${file}.making`
  rmSync(making, { force: true })
  const db = new DatabaseSync(making)
  db.exec(
    `PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF;
     CREATE TABLE part (kind TEXT, number INTEGER, bytes BLOB, PRIMARY KEY (kind, number))`,
  )
  const insert = db.prepare('INSERT INTO part (kind, number, bytes) VALUES (?, ?, ?)')
  const writer = createIndexWriter(deviceId)
  const world = recordWorld(deviceId, seed)
  let head = NO_RECORDS
  let stretch: DeviceRecord[] = []
  for (let made = 0; made < count; made++) {
    const record = world.next()
    head = headAfterRecord(head, record, sha256)
    stretch.push(record)
    if (stretch.length < STRETCH) continue
    const number = writer.length() + 1
    const bytes = encodeRecords(stretch)
    const rollup = encodeRollup(rollUp(stretch))
    insert.run('segment', number, bytes)
    insert.run('index', number, writer.add({ stretch: number, name: sha256(bytes), head, rollup }))
    insert.run('plain', number, Buffer.from(JSON.stringify(stretch.map(plainOf))))
    stretch = []
  }
  for (let at = 0; at < stretch.length; at += 64) {
    const some = stretch.slice(at, at + 64)
    const [first] = some as [DeviceRecord]
    const batch = encodeRecords(some, stretch[at - 1] ?? null)
    insert.run('tail', at, encodeTailItem({ from: first.sequence, batch }))
    insert.run('plain', count + at, Buffer.from(JSON.stringify(some.map(plainOf))))
  }
  db.close()
  renameSync(making, file)
}

/** A record in about 300 bytes: a third of what is really in it. */
function plainOf({ at, body }: DeviceRecord): string {
  if (body.type !== 'usage') return JSON.stringify({ at, body })
  const { operation, ending, draws } = body
  const { operationId, modelId, subject, memberId, quote } = operation
  const units = ending.kind === 'settle' ? ending.units : {}
  const more = { outcome: ending.outcome, expected: quote.expected, maximum: quote.maximum }
  const kind = quote.operation
  return JSON.stringify({
    at,
    operationId,
    modelId,
    subject,
    memberId,
    kind,
    units,
    draws,
    ...more,
  })
}
