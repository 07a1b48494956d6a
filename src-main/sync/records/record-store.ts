/** The file that a machine's records are kept in until they are sealed, and as segments after that. */

import type { DatabaseSync } from 'node:sqlite'
import type { RecordHead } from '#shared/journal/lease-facts.ts'
import { contentOf, NO_RECORDS } from '#shared/records/canonical.ts'
import type { OpenRun } from '#shared/records/of-journal.ts'
import { bodyOfContent } from '#shared/records/read-record.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import {
  type SealedStretch,
  stretchEnd,
  stretchOf,
  stretchStart,
} from '#shared/records/stretches.ts'
import { openDisposable } from './database.ts'

const VERSION = 2

const SCHEMA = `
CREATE TABLE place (
  one      INTEGER PRIMARY KEY CHECK (one = 1),
  entry    INTEGER NOT NULL,
  hash     TEXT NOT NULL,
  edit     INTEGER NOT NULL,
  runs     TEXT NOT NULL,
  since    INTEGER NOT NULL
) STRICT;
CREATE TABLE record (
  sequence INTEGER PRIMARY KEY,
  hash     TEXT NOT NULL,
  content  TEXT NOT NULL
) STRICT;
CREATE TABLE segment (
  stretch INTEGER PRIMARY KEY,
  name    TEXT NOT NULL,
  hash    TEXT NOT NULL,
  bytes   BLOB NOT NULL,
  rollup  BLOB NOT NULL
) STRICT`

export interface Segment extends SealedStretch {
  readonly bytes: Uint8Array
}

/** A record with the chain's end after it. */
export interface LoggedRecord {
  readonly sequence: number
  readonly hash: string
  readonly record: DeviceRecord
}

/** How far the ledger was followed. */
export interface Place {
  readonly entry: number
  readonly hash: string
  readonly edit: number
  readonly runs: readonly (readonly [string, OpenRun])[]
  readonly since: number
}

/** Opens the file, or begins it anew. */
export const openRecords = (file: string): DatabaseSync => openDisposable(file, VERSION, SCHEMA)

export function createRecordStore(db: DatabaseSync) {
  const insert = db.prepare('INSERT INTO record (sequence, hash, content) VALUES (?, ?, ?)')
  const select = db.prepare('SELECT sequence, content FROM record WHERE sequence BETWEEN ? AND ?')
  const selectHash = db.prepare('SELECT hash FROM record WHERE sequence = ?')
  const sealedHash = db.prepare('SELECT hash FROM segment WHERE stretch = ?')
  const selectSegment = db.prepare('SELECT * FROM segment WHERE stretch = ?')
  const setPlace = db.prepare('INSERT OR REPLACE INTO place VALUES (1, ?, ?, ?, ?, ?)')
  return {
    place(): Place {
      const row = db.prepare('SELECT * FROM place').get()
      if (!row) return { entry: 0, hash: '', edit: 0, runs: [], since: 0 }
      const runs = JSON.parse(String(row['runs'])) as Place['runs']
      const { entry, hash, edit, since } = row as unknown as Place
      return { entry, hash, edit, runs, since }
    },
    setPlace({ entry, hash, edit, runs, since }: Place): void {
      setPlace.run(entry, hash, edit, JSON.stringify(runs), since)
    },
    clear: () => db.exec('DELETE FROM place; DELETE FROM record; DELETE FROM segment'),
    head(): RecordHead {
      const row = db
        .prepare('SELECT sequence, hash FROM record ORDER BY sequence DESC LIMIT 1')
        .get()
      if (row) return { sequence: Number(row['sequence']), hash: String(row['hash']) }
      const last = db
        .prepare('SELECT stretch, hash FROM segment ORDER BY stretch DESC LIMIT 1')
        .get()
      if (!last) return NO_RECORDS
      return { sequence: stretchEnd(Number(last['stretch'])), hash: String(last['hash']) }
    },
    add({ sequence, hash, record }: LoggedRecord): void {
      insert.run(sequence, hash, JSON.stringify(contentOf(record)))
    },
    records(from: number, to: number): DeviceRecord[] {
      return select.all(from, to).map((row) => {
        const content = JSON.parse(String(row['content'])) as Pick<DeviceRecord, 'at' | 'body'>
        const body = bodyOfContent(content.body)
        return { deviceId: '', sequence: Number(row['sequence']), at: content.at, body }
      })
    },
    hash(sequence: number): string | null {
      const row =
        selectHash.get(sequence) ??
        (sequence === stretchEnd(stretchOf(sequence)) && sealedHash.get(stretchOf(sequence)))
      return row ? String(row['hash']) : null
    },
    segment(stretch: number): Segment | null {
      const row = selectSegment.get(stretch)
      if (!row) return null
      return {
        stretch,
        name: String(row['name']),
        head: { sequence: stretchEnd(stretch), hash: String(row['hash']) },
        bytes: row['bytes'] as Uint8Array,
        rollup: row['rollup'] as Uint8Array,
      }
    },
    seal({ stretch, name, head, bytes, rollup }: Segment): void {
      db.prepare(
        'INSERT INTO segment (stretch, name, hash, bytes, rollup) VALUES (?, ?, ?, ?, ?)',
      ).run(stretch, name, head.hash, bytes, rollup)
      db.prepare('DELETE FROM record WHERE sequence BETWEEN ? AND ?').run(
        stretchStart(stretch),
        stretchEnd(stretch),
      )
    },
  }
}
