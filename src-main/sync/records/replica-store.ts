/** The file in which a machine keeps what others wrote; disposable, as the server has it all. */

import type { DatabaseSync, SQLOutputValue } from 'node:sqlite'
import { contentOf } from '#shared/records/canonical.ts'
import type { Json } from '#shared/records/json-tokens.ts'
import { readRecord } from '#shared/records/read-record.ts'
import type { DeviceRecord } from '#shared/records/record.ts'
import { decodeRollup, type RollupRow } from '#shared/records/rollup.ts'
import { type SealedStretch, STRETCH, stretchEnd, stretchStart } from '#shared/records/stretches.ts'
import { isLater, type Label, type LabelField } from '#shared/usage/labels.ts'

export const REPLICA_FILE = 'team.sqlite'
export const REPLICA_VERSION = 2

export const REPLICA_SCHEMA = `
CREATE TABLE document (
  name     TEXT PRIMARY KEY,
  position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE change (
  document TEXT NOT NULL,
  position INTEGER NOT NULL,
  bytes    BLOB NOT NULL,
  PRIMARY KEY (document, position)
) STRICT;
CREATE TABLE unsent (
  number INTEGER PRIMARY KEY,
  bytes  BLOB NOT NULL
) STRICT;
CREATE TABLE own_index (
  device_id    TEXT PRIMARY KEY,
  kept         INTEGER NOT NULL DEFAULT 0,
  acknowledged INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE tail (
  stream   TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  content  TEXT NOT NULL,
  PRIMARY KEY (stream, sequence)
) STRICT, WITHOUT ROWID;
CREATE TABLE stretch (
  device_id TEXT NOT NULL,
  stretch   INTEGER NOT NULL,
  name      TEXT NOT NULL,
  hash      TEXT NOT NULL,
  rollup    BLOB NOT NULL,
  counted   INTEGER NOT NULL DEFAULT 0,
  labelled  TEXT NOT NULL CHECK (labelled IN ('read', 'perhaps')),
  PRIMARY KEY (device_id, stretch)
) STRICT;
CREATE INDEX uncounted ON stretch (device_id, stretch) WHERE counted = 0;
CREATE INDEX perhaps_labelled ON stretch (device_id, stretch) WHERE labelled = 'perhaps';
CREATE INDEX stretch_name ON stretch (name);
CREATE TABLE label (
  number       INTEGER PRIMARY KEY AUTOINCREMENT,
  operation_id TEXT NOT NULL,
  field        TEXT NOT NULL,
  value        TEXT NOT NULL,
  edited_at    INTEGER NOT NULL,
  device_id    TEXT NOT NULL,
  UNIQUE (operation_id, field)
) STRICT;
CREATE TABLE segment (
  name  TEXT PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT;
CREATE TABLE usage (
  day       INTEGER NOT NULL,
  device_id TEXT NOT NULL,
  member_id TEXT NOT NULL,
  operation TEXT NOT NULL,
  model_id  TEXT NOT NULL,
  subject   TEXT NOT NULL,
  runs      INTEGER NOT NULL,
  credits   INTEGER NOT NULL,
  PRIMARY KEY (day, device_id, member_id, operation, model_id, subject)
) STRICT, WITHOUT ROWID`

export type ReplicaStore = ReturnType<typeof createReplicaStore>

export function createReplicaStore(db: DatabaseSync) {
  const setPosition = db.prepare('INSERT OR REPLACE INTO document (name, position) VALUES (?, ?)')
  const addChange = db.prepare('INSERT INTO change (document, position, bytes) VALUES (?, ?, ?)')
  const addTail = db.prepare(
    'INSERT OR IGNORE INTO tail (stream, sequence, content) VALUES (?, ?, ?)',
  )
  const addStretch = db.prepare(
    `INSERT OR IGNORE INTO stretch (device_id, stretch, name, hash, rollup, labelled)
     VALUES (?, ?, ?, ?, ?, ?)`,
  )
  const count = db.prepare(
    `INSERT INTO usage VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
     SET runs = runs + excluded.runs, credits = credits + excluded.credits`,
  )
  const counted = db.prepare('UPDATE stretch SET counted = 1 WHERE device_id = ? AND stretch = ?')
  const setRead = db.prepare(
    `UPDATE stretch SET labelled = 'read' WHERE device_id = ? AND stretch = ?`,
  )
  const addSegment = db.prepare('INSERT OR IGNORE INTO segment (name, bytes) VALUES (?, ?)')

  const selectLabel = db.prepare('SELECT * FROM label WHERE operation_id = ? AND field = ?')
  const insertLabel = db.prepare(
    `INSERT OR REPLACE INTO label (operation_id, field, value, edited_at, device_id)
     VALUES (?, ?, ?, ?, ?)`,
  )

  /** The last record of a stretch that is not sealed; 0 before the first. */
  function tailEnd(stream: string, stretch: number): number {
    const row = db
      .prepare(
        'SELECT coalesce(max(sequence), 0) AS last FROM tail WHERE stream = ? AND sequence BETWEEN ? AND ?',
      )
      .get(stream, stretchStart(stretch), stretchEnd(stretch))
    return Number(row?.['last'])
  }

  return {
    positions: () =>
      new Map(
        db
          .prepare('SELECT name, position FROM document')
          .all()
          .map(({ name, position }) => [String(name), Number(position)]),
      ),
    setPosition: (document: string, position: number) => setPosition.run(document, position),
    forget(document: string): void {
      db.prepare('DELETE FROM document WHERE name = ?').run(document)
    },
    addChange: (document: string, position: number, bytes: Uint8Array) =>
      addChange.run(document, position, bytes),
    changes: (document: string) =>
      db
        .prepare('SELECT bytes FROM change WHERE document = ? ORDER BY position')
        .all(document)
        .map(({ bytes }) => bytes as Uint8Array),
    /** Names given here that the server does not have yet. */
    unsent: () =>
      db
        .prepare('SELECT number, bytes FROM unsent ORDER BY number')
        .all()
        .map(({ number, bytes }) => ({ number: Number(number), bytes: bytes as Uint8Array })),
    addUnsent: (bytes: Uint8Array) =>
      db.prepare('INSERT INTO unsent (bytes) VALUES (?)').run(bytes),
    removeUnsent: (number: number) => db.prepare('DELETE FROM unsent WHERE number = ?').run(number),
    /** Stretches of this machine that the server has in its index. */
    indexKept: (deviceId: string) =>
      Number(
        db.prepare('SELECT kept FROM own_index WHERE device_id = ?').get(deviceId)?.['kept'] ?? 0,
      ),
    setIndexKept: (deviceId: string, kept: number) =>
      db
        .prepare(
          `INSERT INTO own_index (device_id, kept) VALUES (?, ?)
           ON CONFLICT DO UPDATE SET kept = excluded.kept`,
        )
        .run(deviceId, kept),
    /** How far the server had this machine's records when last heard. */
    acknowledged: (deviceId: string) =>
      Number(
        db.prepare('SELECT acknowledged FROM own_index WHERE device_id = ?').get(deviceId)?.[
          'acknowledged'
        ] ?? 0,
      ),
    setAcknowledged: (deviceId: string, sequence: number) =>
      db
        .prepare(
          `INSERT INTO own_index (device_id, acknowledged) VALUES (?, ?)
           ON CONFLICT DO UPDATE SET acknowledged = excluded.acknowledged`,
        )
        .run(deviceId, sequence),
    addTail: (stream: string, record: DeviceRecord) =>
      addTail.run(stream, record.sequence, JSON.stringify(contentOf(record))),
    tail: (stream: string, from = 0) =>
      db
        .prepare('SELECT sequence, content FROM tail WHERE stream = ? AND sequence >= ?')
        .all(stream, from)
        .map(({ sequence, content }) => recordOf(stream, Number(sequence), String(content))),
    tailRecord(stream: string, sequence: number): DeviceRecord | null {
      const row = db
        .prepare('SELECT content FROM tail WHERE stream = ? AND sequence = ?')
        .get(stream, sequence)
      return row ? recordOf(stream, sequence, String(row['content'])) : null
    },
    tailEnd,
    streams: () =>
      db
        .prepare('SELECT DISTINCT stream FROM tail ORDER BY stream')
        .all()
        .map(({ stream }) => String(stream)),
    addStretch(deviceId: string, { stretch, name, head, rollup }: SealedStretch): void {
      const isRead = tailEnd(deviceId, stretch) === stretchEnd(stretch)
      const labelled = isRead ? 'read' : 'perhaps'
      addStretch.run(deviceId, stretch, name, head.hash, rollup, labelled)
      db.prepare('DELETE FROM tail WHERE stream = ? AND sequence BETWEEN ? AND ?').run(
        deviceId,
        stretchStart(stretch),
        stretchEnd(stretch),
      )
    },
    stretch(deviceId: string, stretch: number): { name: string; hash: string } | null {
      const row = db
        .prepare('SELECT name, hash FROM stretch WHERE device_id = ? AND stretch = ?')
        .get(deviceId, stretch)
      return row ? { name: String(row['name']), hash: String(row['hash']) } : null
    },
    names: () =>
      db
        .prepare('SELECT name FROM stretch ORDER BY device_id, stretch')
        .all()
        .map(({ name }) => String(name)),
    /** Which stretches a segment is, and whether there may be labels in it that nobody here read. */
    named: (name: string) =>
      db
        .prepare('SELECT device_id, stretch, labelled FROM stretch WHERE name = ?')
        .all(name)
        .map((row) => ({
          deviceId: String(row['device_id']),
          stretch: Number(row['stretch']),
          perhapsLabelled: row['labelled'] === 'perhaps',
        })),
    /** Whether all records of a stretch are runs: then nothing is labelled in it. */
    isNothingButRuns(deviceId: string, stretch: number): boolean {
      const row = db
        .prepare('SELECT rollup FROM stretch WHERE device_id = ? AND stretch = ?')
        .get(deviceId, stretch)
      const rows = row ? decodeRollup(row['rollup'] as Uint8Array) : null
      return rows !== null && rows.ok && areNothingButRuns(rows.data)
    },
    /** Segments, counted and not here, in which there may be labels. */
    perhapsLabelled: () =>
      db
        .prepare(`SELECT name FROM stretch WHERE labelled = 'perhaps' AND counted = 1`)
        .all()
        .map(({ name }) => String(name)),
    setRead: (deviceId: string, stretch: number) => setRead.run(deviceId, stretch),
    addLabel(label: Label): boolean {
      const { operationId, field, value, editedAt, deviceId } = label
      const known = selectLabel.get(operationId, field)
      if (known && !isLater(label, labelOf(known))) return false
      insertLabel.run(operationId, field, value, editedAt, deviceId)
      return true
    },
    /** What others labelled, each operation's field as it was written last, as it came. */
    labelsAfter: (number: number, limit: number) =>
      db
        .prepare('SELECT * FROM label WHERE number > ? ORDER BY number LIMIT ?')
        .all(number, limit)
        .map((row) => ({ number: Number(row['number']), label: labelOf(row) })),
    uncounted: (limit: number) =>
      db
        .prepare('SELECT device_id, stretch, rollup FROM stretch WHERE counted = 0 LIMIT ?')
        .all(limit)
        .map((row) => ({
          deviceId: String(row['device_id']),
          stretch: Number(row['stretch']),
          rollup: row['rollup'] as Uint8Array,
        })),
    count(deviceId: string, stretch: number, rows: readonly RollupRow[]): void {
      if (areNothingButRuns(rows)) setRead.run(deviceId, stretch)
      for (const row of rows) {
        const { day, memberId, operation, modelId, subject, runs, credits } = row
        count.run(day, deviceId, memberId, operation, modelId, subject, runs, credits)
      }
      counted.run(deviceId, stretch)
    },
    machineTotals(from: number) {
      return db
        .prepare(
          `SELECT device_id AS deviceId, member_id AS memberId, sum(runs) AS runs,
             sum(credits) AS credits FROM usage WHERE day >= ? GROUP BY device_id, member_id`,
        )
        .all(from)
        .map((row) => ({
          deviceId: String(row['deviceId']),
          memberId: String(row['memberId']),
          runs: Number(row['runs']),
          credits: Number(row['credits']),
        }))
    },
    /** What of sealed history began on a day or later (UTC), by all that caps count by. */
    usageSince(day: number) {
      return db
        .prepare(
          `SELECT day, device_id, member_id, operation, subject, sum(credits) AS credits FROM usage
           WHERE day >= ? GROUP BY day, device_id, member_id, operation, subject`,
        )
        .all(day)
        .map((row) => ({
          day: Number(row['day']),
          deviceId: String(row['device_id']),
          memberId: String(row['member_id']),
          operation: String(row['operation']),
          subject: String(row['subject']),
          credits: Number(row['credits']),
        }))
    },
    totals(by: 'day' | 'device_id' | 'member_id', from: number, to: number) {
      return db
        .prepare(
          `SELECT ${by} AS key, sum(runs) AS runs, sum(credits) AS credits FROM usage
           WHERE day >= ? AND day < ? GROUP BY ${by}`,
        )
        .all(from, to)
        .map(({ key, runs, credits }) => ({
          key: String(key),
          runs: Number(runs),
          credits: Number(credits),
        }))
    },
    addSegment: (name: string, bytes: Uint8Array) => addSegment.run(name, bytes),
    segment(name: string): Uint8Array | null {
      const row = db.prepare('SELECT bytes FROM segment WHERE name = ?').get(name)
      return row ? (row['bytes'] as Uint8Array) : null
    },
  }
}

function labelOf(row: Readonly<Record<string, SQLOutputValue>>): Label {
  return {
    operationId: String(row['operation_id']),
    field: row['field'] as LabelField,
    value: String(row['value']),
    editedAt: Number(row['edited_at']),
    deviceId: String(row['device_id']),
  }
}

function recordOf(stream: string, sequence: number, content: string): DeviceRecord {
  const record = readRecord(deviceOf(stream), sequence, JSON.parse(content) as Json)
  if (!record) throw new Error(`Record ${sequence} of ${stream} cannot be read`)
  return record
}

/** The device that wrote a stream, itself or as a copy of it. */
export const deviceOf = (stream: string) => stream.split('~', 1)[0] as string

/** No labels are among the records of a stretch that are all runs. */
function areNothingButRuns(rows: readonly RollupRow[]): boolean {
  return rows.reduce((sum, { runs }) => sum + runs, 0) >= STRETCH
}
