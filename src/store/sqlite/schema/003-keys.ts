/** Access keys, of which only digests are known. */
export const KEYS = `
-- Projects is a JSON array of project ids, null for all. Rows stay when keys are revoked: a store that ever had a key
-- is never open.
CREATE TABLE access_key (
  id INTEGER PRIMARY KEY,
  key_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  projects TEXT,
  role TEXT NOT NULL,
  prefix TEXT NOT NULL,
  digest BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  revoked_at INTEGER
);
CREATE INDEX access_key_by_prefix ON access_key (prefix);
CREATE UNIQUE INDEX access_key_by_name ON access_key (name) WHERE revoked_at IS NULL;
`;
