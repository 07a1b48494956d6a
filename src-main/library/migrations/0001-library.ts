/** Threads with their tree of messages, and creations. Costs here are copies; the ledger has them. */
export const library = `
CREATE TABLE thread (
  id TEXT PRIMARY KEY NOT NULL,
  title TEXT NOT NULL,
  -- 1 once a person has named it; until then the title comes from the first message.
  named INTEGER NOT NULL DEFAULT 0 CHECK (named IN (0, 1)),
  -- What its latest run was for.
  subject TEXT NOT NULL DEFAULT '',
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  -- Where the branch in view ends; null while there are no messages.
  leaf TEXT
) STRICT;

CREATE TABLE message (
  -- Order of arrival: a message always comes after its parent and its earlier versions.
  place INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  thread TEXT NOT NULL REFERENCES thread (id),
  -- Deferred, so that a whole tree goes in one statement however deep it is.
  parent TEXT REFERENCES message (id) DEFERRABLE INITIALLY DEFERRED,
  role TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
  text TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  operation_id TEXT UNIQUE,
  model_name TEXT,
  ending TEXT CHECK (ending IS NULL OR json_valid(ending)),
  CHECK ((role = 'assistant') = (operation_id IS NOT NULL))
) STRICT;
CREATE INDEX message_thread ON message (thread);
CREATE INDEX message_versions ON message (parent, thread);
CREATE INDEX message_running ON message (operation_id) WHERE role = 'assistant' AND ending IS NULL;

CREATE TABLE creation (
  place INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  studio TEXT NOT NULL CHECK (studio IN ('image', 'voice')),
  operation_id TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  prompt TEXT NOT NULL,
  -- The prompt without case and accents, for searching.
  search_text TEXT NOT NULL,
  model_name TEXT NOT NULL,
  subject TEXT NOT NULL,
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  media_type TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  width INTEGER,
  height INTEGER,
  duration_ms INTEGER,
  ending TEXT CHECK (ending IS NULL OR json_valid(ending)),
  -- A deleted creation keeps its place, emptied, so that paging goes on from it.
  deleted INTEGER NOT NULL DEFAULT 0 CHECK (deleted IN (0, 1))
) STRICT;
CREATE INDEX creation_operation ON creation (operation_id);
CREATE INDEX creation_running ON creation (operation_id) WHERE ending IS NULL AND deleted = 0;
`
