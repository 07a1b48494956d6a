import type { Migration } from './migration.ts'

/** Names that people give, by the operation of the account document that gives each. */
export const names: Migration = {
  statements: [
    // One operation for each change, and one change for each actor. Of a name that was given more than
    // once the greatest counter stands, and of the same counter the greatest actor.
    `CREATE TABLE name_given (
      account_id TEXT NOT NULL,
      actor      TEXT NOT NULL,
      counter    INTEGER NOT NULL,
      hash       TEXT NOT NULL,
      name_key   TEXT NOT NULL,
      device_id  TEXT NOT NULL,
      PRIMARY KEY (account_id, actor),
      UNIQUE (account_id, hash)
    )`,
    'CREATE INDEX name_given_by_key ON name_given (account_id, name_key, counter, actor)',
    'CREATE INDEX name_given_by_device ON name_given (account_id, device_id)',
  ],
}
