import type { Migration } from './migration.ts'

/** Records of devices, sealed history, and documents as logs of changes. */
export const records: Migration = {
  statements: [
    // A stream is a device's own or that of a copy of it. `last` is the content of its last record.
    `CREATE TABLE record_stream (
      account_id TEXT NOT NULL,
      stream     TEXT NOT NULL,
      device_id  TEXT NOT NULL,
      sequence   INTEGER NOT NULL,
      hash       TEXT NOT NULL,
      last       TEXT NOT NULL,
      signature  BLOB NOT NULL,
      PRIMARY KEY (account_id, stream)
    )`,
    // Batches of a stretch that is not sealed. `hashes`: 32 bytes for each record, in order.
    `CREATE TABLE record_item (
      account_id TEXT NOT NULL,
      stream     TEXT NOT NULL,
      stretch    INTEGER NOT NULL,
      position   INTEGER NOT NULL,
      first      INTEGER NOT NULL,
      last       INTEGER NOT NULL,
      bytes      BLOB NOT NULL,
      hashes     BLOB NOT NULL,
      PRIMARY KEY (account_id, stream, stretch, position)
    )`,
    // Full stretches, each with the hash of its last record and the segment that holds it.
    `CREATE TABLE record_stretch (
      account_id TEXT NOT NULL,
      stream     TEXT NOT NULL,
      stretch    INTEGER NOT NULL,
      name       TEXT NOT NULL,
      hash       TEXT NOT NULL,
      PRIMARY KEY (account_id, stream, stretch)
    )`,
    `CREATE TABLE record_segment (
      account_id TEXT NOT NULL,
      name       TEXT NOT NULL,
      device_id  TEXT NOT NULL,
      bytes      BLOB NOT NULL,
      PRIMARY KEY (account_id, name)
    )`,
    // Positions count from 1 without gaps.
    `CREATE TABLE document_change (
      account_id TEXT NOT NULL,
      document   TEXT NOT NULL,
      position   INTEGER NOT NULL,
      hash       TEXT NOT NULL,
      bytes      BLOB NOT NULL,
      PRIMARY KEY (account_id, document, position),
      UNIQUE (account_id, document, hash)
    )`,
  ],
}
