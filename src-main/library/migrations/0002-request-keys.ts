/** What each result was asked for, as a hash: so that the same request finds it again. */
export const requestKeys = `
ALTER TABLE creation ADD COLUMN request_key TEXT;
CREATE INDEX creation_request ON creation (request_key) WHERE request_key IS NOT NULL;
ALTER TABLE message ADD COLUMN request_key TEXT;
CREATE INDEX message_request ON message (request_key) WHERE request_key IS NOT NULL;
`
