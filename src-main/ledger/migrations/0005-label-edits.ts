/**
 * Every edit of labels on this machine, in order and placed among the journal's entries: `after` is
 * the last entry at the time. What was labelled before this migration is one edit each.
 */
export const labelEdits = `
CREATE TABLE label_edit (
  number INTEGER PRIMARY KEY,
  after  INTEGER NOT NULL,
  at     INTEGER NOT NULL,
  body   TEXT NOT NULL
) STRICT;

INSERT INTO label_edit (after, at, body)
  SELECT (SELECT coalesce(max(sequence), 0) FROM entry), edited_at,
    json_array(json_object('operationId', operation_id, 'field', field, 'value', value,
      'editedAt', edited_at))
  FROM label ORDER BY edited_at, operation_id, field;
`
