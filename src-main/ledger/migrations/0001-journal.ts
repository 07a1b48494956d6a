/** The journal and everything derived from it. Only `entry` is truth; the rest can be rebuilt. */
export const journal = `
CREATE TABLE entry (
  sequence INTEGER PRIMARY KEY,
  id       TEXT NOT NULL,
  at       INTEGER NOT NULL,
  body     TEXT NOT NULL,
  hash     TEXT NOT NULL
) STRICT;
CREATE TRIGGER entry_never_changes BEFORE UPDATE ON entry
  BEGIN SELECT RAISE(ABORT, 'journal entries never change'); END;
CREATE TRIGGER entry_never_leaves BEFORE DELETE ON entry
  BEGIN SELECT RAISE(ABORT, 'journal entries are never deleted'); END;

-- How far a run has come: overwritten while it streams, gone when it ends. Not derived.
CREATE TABLE checkpoint (
  operation_id TEXT PRIMARY KEY,
  body         TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Derived from here on: as of the entry named in \`projected\`, which follows the journal closely.
CREATE TABLE projected (
  sequence  INTEGER NOT NULL,
  time_zone TEXT NOT NULL
) STRICT;
INSERT INTO projected VALUES (0, '');

-- Every id once.
CREATE TABLE entry_place (
  id       TEXT PRIMARY KEY,
  sequence INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE grant_balance (
  sequence  INTEGER PRIMARY KEY,
  id        TEXT NOT NULL UNIQUE,
  body      TEXT NOT NULL,
  available INTEGER NOT NULL,
  held      INTEGER NOT NULL,
  spent     INTEGER NOT NULL,
  expired   INTEGER NOT NULL
) STRICT;

-- What operations have in common, so that totals need no pass over all of them.
CREATE TABLE series (
  id             INTEGER PRIMARY KEY,
  studio         TEXT NOT NULL,
  operation      TEXT NOT NULL,
  operation_name TEXT NOT NULL,
  provider_id    TEXT NOT NULL,
  provider_name  TEXT NOT NULL,
  model_id       TEXT NOT NULL,
  model_name     TEXT NOT NULL,
  subject        TEXT NOT NULL,
  UNIQUE (subject, model_id, operation, studio, provider_id,
          operation_name, provider_name, model_name)
) STRICT;

-- One row per operation; its sequence is that of its hold.
CREATE TABLE operation (
  sequence       INTEGER PRIMARY KEY,
  operation_id   TEXT NOT NULL,
  series         INTEGER NOT NULL REFERENCES series (id),
  at             INTEGER NOT NULL,
  quote_expected INTEGER NOT NULL,
  quote_maximum  INTEGER NOT NULL,
  held           INTEGER NOT NULL,
  status         TEXT NOT NULL CHECK (status IN ('running', 'settled', 'voided')),
  end_sequence   INTEGER,
  ended_at       INTEGER,
  outcome        TEXT,
  charged        INTEGER,
  usage_source   TEXT
) STRICT;
CREATE INDEX running_operation ON operation (sequence) WHERE end_sequence IS NULL;

-- Ended operations by local day of their start, ordered so that days and the chart need no sorting.
CREATE TABLE usage_day (
  day            TEXT NOT NULL,
  operation      TEXT NOT NULL,
  series         INTEGER NOT NULL,
  status         TEXT NOT NULL,
  operations     INTEGER NOT NULL,
  charged        INTEGER NOT NULL,
  first_sequence INTEGER NOT NULL,
  last_sequence  INTEGER NOT NULL,
  PRIMARY KEY (day, operation, series, status)
) STRICT, WITHOUT ROWID;

-- The same by month, for totals over long times.
CREATE TABLE usage_month (
  month      TEXT NOT NULL,
  series     INTEGER NOT NULL,
  status     TEXT NOT NULL,
  operations INTEGER NOT NULL,
  charged    INTEGER NOT NULL,
  PRIMARY KEY (month, series, status)
) STRICT, WITHOUT ROWID;

-- The ledger's state as of an entry: where opening, or a balance of the past, starts to fold.
CREATE TABLE snapshot (
  sequence INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  hash     TEXT NOT NULL,
  body     TEXT NOT NULL
) STRICT;
`
