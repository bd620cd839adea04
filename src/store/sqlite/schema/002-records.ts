const HEX = "[0-9a-f]";

/** UUIDs in lower case, as a pattern of GLOB. */
const UUID_GLOB = [8, 4, 4, 4, 12].map((digits) => HEX.repeat(digits)).join("-");

/** When a record was created: by a client, else with its first turn, else with its first span. */
const CREATED_AT = `coalesce(new.made_at, new.start_time,
      (SELECT started_at FROM span WHERE thread = new.id ORDER BY started_at LIMIT 1))`;

/** When it was last updated, by a client or by a turn. */
const UPDATED_AT =
  "max(coalesce(new.changed_at, new.created_at), coalesce(new.last_updated, new.created_at))";

/** Threads as clients make them: metadata, states, TTL. */
export const RECORDS = `
-- A thread as a client left it; made_at is null while spans alone have made it. The status is its place in
-- THREAD_STATUSES, head the row of the latest checkpoint.
ALTER TABLE thread ADD COLUMN made_at INTEGER;
ALTER TABLE thread ADD COLUMN changed_at INTEGER;
ALTER TABLE thread ADD COLUMN state_changed_at INTEGER;
ALTER TABLE thread ADD COLUMN status INTEGER NOT NULL DEFAULT 2;
ALTER TABLE thread ADD COLUMN head INTEGER;
ALTER TABLE thread ADD COLUMN ttl_strategy TEXT;
ALTER TABLE thread ADD COLUMN ttl_minutes REAL;
ALTER TABLE thread ADD COLUMN expires_at INTEGER;
-- What follows from that and from its spans, kept true by the triggers below. Listed is null for a thread that is no
-- record, else 1 if its id is a UUID in lower case, else 0.
ALTER TABLE thread ADD COLUMN listed INTEGER;
ALTER TABLE thread ADD COLUMN created_at INTEGER;
ALTER TABLE thread ADD COLUMN updated_at INTEGER;
ALTER TABLE thread ADD COLUMN state_updated_at INTEGER;
CREATE INDEX record_by_status ON thread (project, listed, status, thread_id) WHERE listed IS NOT NULL;
CREATE INDEX record_by_created_at ON thread (project, listed, status, created_at, thread_id) WHERE listed IS NOT NULL;
CREATE INDEX record_by_updated_at ON thread (project, listed, status, updated_at, thread_id) WHERE listed IS NOT NULL;
CREATE INDEX record_by_state_updated_at ON thread (project, listed, status, state_updated_at, thread_id) WHERE listed IS NOT NULL;
CREATE INDEX thread_by_expiry ON thread (expires_at) WHERE expires_at IS NOT NULL;

-- How many records there are of each kind.
CREATE TABLE record_count (
  project INTEGER NOT NULL,
  listed INTEGER NOT NULL,
  status INTEGER NOT NULL,
  records INTEGER NOT NULL,
  PRIMARY KEY (project, listed, status)
) WITHOUT ROWID;

CREATE TABLE thread_metadata (
  thread INTEGER PRIMARY KEY,
  json TEXT NOT NULL
);

-- The terms (model/query/index-terms.ts) of metadata and values; the shelf says of which, and of what kind of thread
-- (tables/record-terms.ts). All integers, so one tree without rowids is the smallest there is.
CREATE TABLE record_term (
  project INTEGER NOT NULL,
  shelf INTEGER NOT NULL,
  term INTEGER NOT NULL,
  thread INTEGER NOT NULL,
  PRIMARY KEY (project, shelf, term, thread)
) WITHOUT ROWID;

CREATE TABLE checkpoint (
  id INTEGER PRIMARY KEY,
  thread INTEGER NOT NULL,
  checkpoint_id TEXT NOT NULL,
  parent_id TEXT,
  step INTEGER NOT NULL,
  as_node TEXT,
  created_at INTEGER NOT NULL,
  next TEXT NOT NULL
);
CREATE UNIQUE INDEX checkpoint_by_key ON checkpoint (thread, checkpoint_id);

-- The longest column comes last: reading the ones before it does not touch its pages.
CREATE TABLE checkpoint_body (
  checkpoint INTEGER PRIMARY KEY,
  interrupts TEXT NOT NULL,
  tasks TEXT NOT NULL,
  state TEXT NOT NULL
);

-- Spans that claim another thread than they belong to: they name its row.
CREATE INDEX span_by_vain_claim ON span (claim_thread)
  WHERE claim_thread IS NOT NULL AND thread IS NOT claim_thread;

CREATE TRIGGER record_listed AFTER UPDATE OF span_count, made_at ON thread
WHEN (new.listed IS NOT NULL) != (new.made_at IS NOT NULL OR new.span_count > 0)
BEGIN
  UPDATE thread SET listed = CASE WHEN listed IS NULL THEN thread_id GLOB '${UUID_GLOB}' END WHERE id = new.id;
END;

CREATE TRIGGER record_created AFTER UPDATE OF span_count, made_at, start_time ON thread
WHEN new.created_at IS NOT ${CREATED_AT}
BEGIN
  UPDATE thread SET created_at = ${CREATED_AT} WHERE id = new.id;
END;

-- These two also follow what the one before does.
CREATE TRIGGER record_updated AFTER UPDATE OF created_at, changed_at, last_updated ON thread
WHEN new.updated_at IS NOT ${UPDATED_AT}
BEGIN
  UPDATE thread SET updated_at = ${UPDATED_AT.replaceAll("new.", "")} WHERE id = new.id;
END;
CREATE TRIGGER record_state_updated AFTER UPDATE OF created_at, state_changed_at ON thread
WHEN new.state_updated_at IS NOT coalesce(new.state_changed_at, new.created_at)
BEGIN
  UPDATE thread SET state_updated_at = coalesce(state_changed_at, created_at) WHERE id = new.id;
END;

CREATE TRIGGER record_counted AFTER UPDATE OF listed, status ON thread
WHEN old.listed IS NOT new.listed OR old.status != new.status
BEGIN
  UPDATE record_count SET records = records - 1
  WHERE project = old.project AND listed = old.listed AND status = old.status;
  INSERT INTO record_count SELECT new.project, new.listed, new.status, 1 WHERE new.listed IS NOT NULL
  ON CONFLICT DO UPDATE SET records = records + 1;
END;

-- Threads that are there already, by the triggers.
UPDATE thread SET span_count = span_count;
`;
