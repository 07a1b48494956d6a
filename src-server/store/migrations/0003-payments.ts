import type { Migration } from './migration.ts'

/** Purchases, what processors told of them, who pays how, promo codes and contested charges. */
export const payments: Migration = {
  statements: [
    // One row for ever: whether the money of this store is real. The two never mix.
    `CREATE TABLE payment_money (
      id   TEXT NOT NULL PRIMARY KEY,
      kind TEXT NOT NULL
    )`,
    // `body`: the terms and facts (JSON). `due`: something is to be done about it.
    `CREATE TABLE purchase (
      account_id TEXT NOT NULL,
      id         TEXT NOT NULL,
      gateway    TEXT NOT NULL,
      state      TEXT NOT NULL,
      by_whom    TEXT NOT NULL,
      due        INTEGER NOT NULL,
      revision   INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      payment    TEXT,
      body       TEXT NOT NULL,
      PRIMARY KEY (account_id, id)
    )`,
    'CREATE INDEX purchase_by_time ON purchase (account_id, created_at, id)',
    'CREATE INDEX purchase_by_state ON purchase (state, updated_at)',
    'CREATE INDEX purchase_due ON purchase (due, updated_at)',
    'CREATE INDEX purchase_by_payment ON purchase (gateway, payment)',
    // What processors sent, as it came, before anything was made of it.
    `CREATE TABLE payment_event (
      gateway     TEXT NOT NULL,
      id          TEXT NOT NULL,
      type        TEXT NOT NULL,
      received_at INTEGER NOT NULL,
      state       TEXT NOT NULL,
      note        TEXT,
      payment     TEXT,
      body        TEXT NOT NULL,
      PRIMARY KEY (gateway, id)
    )`,
    'CREATE INDEX payment_event_by_state ON payment_event (state, received_at)',
    'CREATE INDEX payment_event_by_payment ON payment_event (gateway, payment)',
    // The processor's customer, its saved card (brand and last four) and auto-refill, as JSON.
    `CREATE TABLE payer (
      account_id TEXT NOT NULL PRIMARY KEY,
      revision   INTEGER NOT NULL,
      customer   TEXT,
      card       TEXT,
      refill     TEXT
    )`,
    `CREATE TABLE promo_count (
      code TEXT NOT NULL PRIMARY KEY,
      used INTEGER NOT NULL
    )`,
    `CREATE TABLE promo_use (
      account_id TEXT NOT NULL,
      use_id     TEXT NOT NULL,
      code       TEXT NOT NULL,
      at         INTEGER NOT NULL,
      PRIMARY KEY (account_id, use_id)
    )`,
    // Codes that did not exist, by hour.
    `CREATE TABLE promo_miss (
      account_id TEXT NOT NULL,
      hour       INTEGER NOT NULL,
      misses     INTEGER NOT NULL,
      PRIMARY KEY (account_id, hour)
    )`,
    `CREATE TABLE charge_report (
      account_id   TEXT NOT NULL,
      id           TEXT NOT NULL,
      operation_id TEXT NOT NULL,
      member_id    TEXT NOT NULL,
      sent_at      INTEGER NOT NULL,
      body         TEXT NOT NULL,
      answer       TEXT,
      PRIMARY KEY (account_id, id),
      UNIQUE (account_id, operation_id)
    )`,
    // The sandbox's side of things: what a processor would keep. No card number.
    `CREATE TABLE sandbox_object (
      kind TEXT NOT NULL,
      id   TEXT NOT NULL,
      body TEXT NOT NULL,
      PRIMARY KEY (kind, id)
    )`,
  ],
}
