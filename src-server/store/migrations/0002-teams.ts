import type { Migration } from './migration.ts'

/** Teams: their names, who is connected, and what a machine proves itself with. */
export const teams: Migration = {
  statements: [
    `CREATE TABLE team (
      account_id   TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
      name         TEXT NOT NULL,
      dissolved_at INTEGER
    )`,
    // In which account to look for a machine's key or an invite's code, by its hash.
    `CREATE TABLE directory (
      hash       TEXT NOT NULL PRIMARY KEY,
      account_id TEXT NOT NULL,
      id         TEXT NOT NULL
    )`,
    // Until they are over, so that each is good once.
    `CREATE TABLE used_challenge (
      hash       TEXT NOT NULL PRIMARY KEY,
      expires_at INTEGER NOT NULL
    )`,
    // Shared by all processes on the store.
    `CREATE TABLE server_secret (
      name  TEXT NOT NULL PRIMARY KEY,
      value TEXT NOT NULL
    )`,
    // The call that enrolled it, so that the same call again is known.
    `ALTER TABLE device ADD COLUMN enrolment_id TEXT NOT NULL DEFAULT ''`,
    // 0 when it is not; a process that holds its connection puts this off.
    `ALTER TABLE device ADD COLUMN connected_until INTEGER NOT NULL DEFAULT 0`,
  ],
}
