import type { Migration } from './migration.ts'

/** Accounts and their journals, who belongs to them, and the catalogs of the server. */
export const accounts: Migration = {
  statements: [
    // `sequence`, `at` and `hash` are the head of its journal; `state` is its fold, as JSON.
    `CREATE TABLE account (
      id         TEXT NOT NULL PRIMARY KEY,
      created_at INTEGER NOT NULL,
      sequence   INTEGER NOT NULL,
      at         INTEGER NOT NULL,
      hash       TEXT NOT NULL,
      state      TEXT NOT NULL
    )`,
    `CREATE TABLE account_entry (
      account_id TEXT NOT NULL REFERENCES account (id),
      sequence   INTEGER NOT NULL,
      id         TEXT NOT NULL,
      at         INTEGER NOT NULL,
      body       TEXT NOT NULL,
      hash       TEXT NOT NULL,
      PRIMARY KEY (account_id, sequence),
      UNIQUE (account_id, id)
    )`,
    `CREATE TABLE member (
      account_id TEXT NOT NULL REFERENCES account (id),
      id         TEXT NOT NULL,
      name       TEXT NOT NULL,
      role       TEXT NOT NULL,
      joined_at  INTEGER NOT NULL,
      left_at    INTEGER,
      PRIMARY KEY (account_id, id)
    )`,
    // Ed25519, base64url. One key is one device, for good.
    `CREATE TABLE device (
      account_id   TEXT NOT NULL,
      id           TEXT NOT NULL,
      member_id    TEXT NOT NULL,
      public_key   TEXT NOT NULL,
      name         TEXT NOT NULL,
      platform     TEXT NOT NULL,
      app_version  TEXT NOT NULL,
      enrolled_at  INTEGER NOT NULL,
      last_seen_at INTEGER NOT NULL,
      standing     TEXT NOT NULL,
      PRIMARY KEY (account_id, id),
      UNIQUE (account_id, public_key),
      FOREIGN KEY (account_id, member_id) REFERENCES member (account_id, id)
    )`,
    // `member_id`: for another machine of this member. The code itself is nowhere.
    `CREATE TABLE invite (
      account_id   TEXT NOT NULL REFERENCES account (id),
      id           TEXT NOT NULL,
      code_hash    TEXT NOT NULL,
      role         TEXT NOT NULL,
      member_id    TEXT,
      created_by   TEXT NOT NULL,
      created_at   INTEGER NOT NULL,
      expires_at   INTEGER NOT NULL,
      uses         INTEGER NOT NULL,
      maximum_uses INTEGER NOT NULL,
      revoked_at   INTEGER,
      PRIMARY KEY (account_id, id),
      UNIQUE (account_id, code_hash)
    )`,
    `CREATE TABLE session (
      account_id TEXT NOT NULL,
      token_hash TEXT NOT NULL,
      device_id  TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      expires_at INTEGER NOT NULL,
      PRIMARY KEY (account_id, token_hash),
      FOREIGN KEY (account_id, device_id) REFERENCES device (account_id, id)
    )`,
    // What the server publishes; accounts record in their journals which of them they follow.
    `CREATE TABLE catalog (
      version      TEXT NOT NULL PRIMARY KEY,
      sequence     INTEGER NOT NULL UNIQUE,
      effective_at INTEGER NOT NULL,
      published_at INTEGER NOT NULL,
      source       TEXT NOT NULL
    )`,
  ],
  // Between processes on one file; PostgreSQL has a way of its own.
  sqlite: [
    `CREATE TABLE notice (
      id      INTEGER PRIMARY KEY AUTOINCREMENT,
      at      INTEGER NOT NULL,
      process TEXT NOT NULL,
      channel TEXT NOT NULL,
      payload TEXT NOT NULL
    ) STRICT`,
  ],
}
