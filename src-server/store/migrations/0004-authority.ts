import type { Migration } from './migration.ts'

/** When to look at an account again, which key signs here, and how often codes were used by all. */
export const authority: Migration = {
  statements: [
    // Null: nothing is due by itself.
    'ALTER TABLE account ADD COLUMN due_at INTEGER',
    'CREATE INDEX account_due ON account (due_at)',
    // Devices know one key: processes with another must not answer them.
    `CREATE TABLE signing_key (
      name       TEXT NOT NULL PRIMARY KEY,
      public_key TEXT NOT NULL
    )`,
    `CREATE TABLE promotion_use (
      code TEXT NOT NULL PRIMARY KEY,
      uses INTEGER NOT NULL
    )`,
    // Requests whose entries do not carry their ids.
    `CREATE TABLE answered_request (
      account_id TEXT NOT NULL REFERENCES account (id),
      id         TEXT NOT NULL,
      PRIMARY KEY (account_id, id)
    )`,
  ],
}
