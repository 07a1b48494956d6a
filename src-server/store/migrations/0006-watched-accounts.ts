import type { Migration } from './migration.ts'

/** Who is told when credits run low, what is earned by recipes, and what of an account is out. */
export const watchedAccounts: Migration = {
  statements: [
    // What alerts go by and which were told, as JSON; null where nobody wants to be told.
    'ALTER TABLE account ADD COLUMN alerts TEXT',
    // For the metrics; of an account that was there before, from the next time it is written.
    'ALTER TABLE account ADD COLUMN leased INTEGER NOT NULL DEFAULT 0',
    'ALTER TABLE account ADD COLUMN debt INTEGER NOT NULL DEFAULT 0',
    // The secret follows from the server's own and `change_id`: it is nowhere.
    `CREATE TABLE webhook (
      account_id TEXT NOT NULL PRIMARY KEY REFERENCES account (id),
      url        TEXT NOT NULL,
      change_id  TEXT NOT NULL,
      set_at     INTEGER NOT NULL
    )`,
    // What is to be told, written with what it is about. `next_at`: not before it is tried again.
    `CREATE TABLE webhook_message (
      account_id TEXT NOT NULL REFERENCES account (id),
      id         TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      body       TEXT NOT NULL,
      state      TEXT NOT NULL,
      attempts   INTEGER NOT NULL,
      next_at    INTEGER NOT NULL,
      outcome    TEXT,
      PRIMARY KEY (account_id, id)
    )`,
    'CREATE INDEX webhook_message_by_state ON webhook_message (state, next_at)',
    // Whose a creator's key is; the latest who proved it.
    `CREATE TABLE creator (
      public_key    TEXT NOT NULL PRIMARY KEY,
      account_id    TEXT NOT NULL REFERENCES account (id),
      member_id     TEXT NOT NULL,
      registered_at INTEGER NOT NULL
    )`,
    'CREATE INDEX creator_by_account ON creator (account_id, member_id)',
    // What runs of an account earned others; `paid_to` is the account that has it.
    `CREATE TABLE earning (
      account_id   TEXT NOT NULL REFERENCES account (id),
      operation_id TEXT NOT NULL,
      creator      TEXT NOT NULL,
      recipe_id    TEXT NOT NULL,
      recipe_name  TEXT NOT NULL,
      premium      INTEGER NOT NULL,
      at           INTEGER NOT NULL,
      state        TEXT NOT NULL,
      paid_to      TEXT,
      PRIMARY KEY (account_id, operation_id)
    )`,
    'CREATE INDEX earning_by_state ON earning (state, at)',
    'CREATE INDEX earning_by_creator ON earning (creator, state)',
  ],
}
