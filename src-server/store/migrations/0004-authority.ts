import type { Migration } from './migration.ts'

/** When to look at an account again, and which key signs here. */
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
  ],
}
