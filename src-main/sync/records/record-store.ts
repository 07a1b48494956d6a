/** The file that holds a machine's records until they are sealed, and as segments after that. */

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
import { openDisposable, statementsOf } from './database.ts'

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

/** A record and the head of the chain after it. */
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
  const statement = statementsOf(db)

  /** The hash of the last record of a stretch that was sealed. */
  function sealedHash(sequence: number) {
    const stretch = stretchOf(sequence)
    if (sequence !== stretchEnd(stretch)) return undefined
    return statement('SELECT hash FROM segment WHERE stretch = ?').get(stretch)
  }

  return {
    place(): Place {
      const row = statement('SELECT * FROM place').get()
      if (!row) return { entry: 0, hash: '', edit: 0, runs: [], since: 0 }
      const runs = JSON.parse(String(row['runs'])) as Place['runs']
      const { entry, hash, edit, since } = row as unknown as Place
      return { entry, hash, edit, runs, since }
    },
    setPlace({ entry, hash, edit, runs, since }: Place): void {
      const sql = 'INSERT OR REPLACE INTO place VALUES (1, ?, ?, ?, ?, ?)'
      statement(sql).run(entry, hash, edit, JSON.stringify(runs), since)
    },
    clear: () => db.exec('DELETE FROM place; DELETE FROM record; DELETE FROM segment'),
    head(): RecordHead {
      const ofRecords = 'SELECT sequence, hash FROM record ORDER BY sequence DESC LIMIT 1'
      const row = statement(ofRecords).get()
      if (row) return { sequence: Number(row['sequence']), hash: String(row['hash']) }
      const ofSegments = 'SELECT stretch, hash FROM segment ORDER BY stretch DESC LIMIT 1'
      const last = statement(ofSegments).get()
      if (!last) return NO_RECORDS
      return { sequence: stretchEnd(Number(last['stretch'])), hash: String(last['hash']) }
    },
    add({ sequence, hash, record }: LoggedRecord): void {
      const sql = 'INSERT INTO record (sequence, hash, content) VALUES (?, ?, ?)'
      statement(sql).run(sequence, hash, JSON.stringify(contentOf(record)))
    },
    records(from: number, to: number): DeviceRecord[] {
      const sql = 'SELECT sequence, content FROM record WHERE sequence BETWEEN ? AND ?'
      return statement(sql)
        .all(from, to)
        .map((row) => {
          const content = JSON.parse(String(row['content'])) as Pick<DeviceRecord, 'at' | 'body'>
          const body = bodyOfContent(content.body)
          return { deviceId: '', sequence: Number(row['sequence']), at: content.at, body }
        })
    },
    hash(sequence: number): string | null {
      const row =
        statement('SELECT hash FROM record WHERE sequence = ?').get(sequence) ??
        sealedHash(sequence)
      return row ? String(row['hash']) : null
    },
    segment(stretch: number): Segment | null {
      const row = statement('SELECT * FROM segment WHERE stretch = ?').get(stretch)
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
      const insert =
        'INSERT INTO segment (stretch, name, hash, bytes, rollup) VALUES (?, ?, ?, ?, ?)'
      statement(insert).run(stretch, name, head.hash, bytes, rollup)
      const remove = 'DELETE FROM record WHERE sequence BETWEEN ? AND ?'
      statement(remove).run(stretchStart(stretch), stretchEnd(stretch))
    },
  }
}
