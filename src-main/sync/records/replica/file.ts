/**
 * The file in which a machine keeps what others wrote; disposable, as the server has it all but the
 * names that were given here meanwhile.
 */

import { openDisposable, statementsOf } from '../database.ts'
import { type ReplicaStore, createReplicaStore } from './store.ts'
import { transaction } from '../../../files/transaction.ts'

export const REPLICA_FILE = 'team.sqlite'
const VERSION = 4

const SCHEMA = `
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
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  key    TEXT NOT NULL,
  bytes  BLOB NOT NULL
) STRICT;
CREATE TABLE name (
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
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
CREATE TABLE tail_item (
  stream TEXT NOT NULL,
  first  INTEGER NOT NULL,
  last   INTEGER NOT NULL,
  batch  BLOB NOT NULL,
  PRIMARY KEY (stream, first)
) STRICT;
CREATE TABLE stretch (
  device_id TEXT NOT NULL,
  stretch   INTEGER NOT NULL,
  name      TEXT NOT NULL,
  hash      TEXT NOT NULL,
  change    TEXT NOT NULL,
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

export interface ReplicaFile {
  readonly store: ReplicaStore
  /** How far each document is read, as the file has it. */
  readonly positions: Map<string, number>
  /** Runs `work` wholly or, when it throws, not at all. */
  together<T>(work: () => T): T
  close(): void
}

export function openReplicaFile(file: string): ReplicaFile {
  const db = openDisposable(file, VERSION, SCHEMA)
  const store = createReplicaStore(statementsOf(db))
  return {
    store,
    positions: store.positions(),
    together: (work) => transaction(db, work),
    close: () => db.close(),
  }
}
