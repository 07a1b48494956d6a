/** What people write beside operations (design: labels). Not derived: it cannot be rebuilt. */
export const labels = `
CREATE TABLE label (
  operation_id TEXT NOT NULL,
  field        TEXT NOT NULL CHECK (field IN ('subject', 'note')),
  value        TEXT NOT NULL,
  edited_at    INTEGER NOT NULL,
  device_id    TEXT NOT NULL,
  PRIMARY KEY (operation_id, field)
) STRICT, WITHOUT ROWID;
`
