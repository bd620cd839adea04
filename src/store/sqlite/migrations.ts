const HEX = "[0-9a-f]";

/** UUIDs in lower case, as a pattern of GLOB. */
const UUID_GLOB = [8, 4, 4, 4, 12].map((digits) => HEX.repeat(digits)).join("-");

/** When a record was created: by a client, else with its first turn, else with its first span. */
const CREATED_AT = `coalesce(new.made_at, new.start_time,
      (SELECT started_at FROM span WHERE thread = new.id ORDER BY started_at LIMIT 1))`;

/** When it was last updated, by a client or by a turn. */
const UPDATED_AT =
  "max(coalesce(new.changed_at, new.created_at), coalesce(new.last_updated, new.created_at))";

/**
 * The schema, as the steps that lead to it. A step is never changed once released: a new one is added at the end.
 *
 * Tables have rowids and their text keys a unique index (twice the insert speed of WITHOUT ROWID). What a list scans
 * is narrow; what can be big stands in a table of its own. Times are microseconds since the epoch.
 */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE project (
    id INTEGER PRIMARY KEY,
    project_id TEXT NOT NULL UNIQUE
  );

  -- The statistics of a thread are kept true by the transaction that changes a turn or span of it.
  CREATE TABLE thread (
    id INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    thread_id TEXT NOT NULL,
    span_count INTEGER NOT NULL DEFAULT 0,
    input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    turn_count INTEGER NOT NULL DEFAULT 0,
    ended_count INTEGER NOT NULL DEFAULT 0,
    start_time INTEGER,
    first_turn_id TEXT,
    last_updated INTEGER,
    last_turn_id TEXT,
    p50 REAL,
    p99 REAL,
    -- A place in the order (duration_ms, id) of the ended turns, and how many are before it.
    p50_duration INTEGER NOT NULL DEFAULT 0,
    p50_turn INTEGER NOT NULL DEFAULT 0,
    p50_below INTEGER NOT NULL DEFAULT 0,
    p99_duration INTEGER NOT NULL DEFAULT 0,
    p99_turn INTEGER NOT NULL DEFAULT 0,
    p99_below INTEGER NOT NULL DEFAULT 0
  );
  CREATE UNIQUE INDEX thread_by_key ON thread (project, thread_id);
  CREATE INDEX thread_by_thread_id ON thread (project, thread_id) WHERE turn_count > 0;
  CREATE INDEX thread_by_turn_count ON thread (project, turn_count, thread_id) WHERE turn_count > 0;
  CREATE INDEX thread_by_start_time ON thread (project, start_time, thread_id) WHERE turn_count > 0;
  CREATE INDEX thread_by_last_updated ON thread (project, last_updated, thread_id) WHERE turn_count > 0;
  CREATE INDEX thread_by_p50 ON thread (project, p50, thread_id) WHERE turn_count > 0;
  CREATE INDEX thread_by_p99 ON thread (project, p99, thread_id) WHERE turn_count > 0;

  CREATE TABLE trace (
    id INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    trace_id TEXT NOT NULL,
    span_count INTEGER NOT NULL DEFAULT 0
  );
  CREATE UNIQUE INDEX trace_by_key ON trace (project, trace_id);

  -- A trace's part in a thread (model/trace/part.ts); the group_ columns are set while all its tops are one turn.
  CREATE TABLE part (
    id INTEGER PRIMARY KEY,
    thread INTEGER NOT NULL,
    trace INTEGER NOT NULL,
    spans INTEGER NOT NULL,
    flagged INTEGER NOT NULL,
    tops INTEGER NOT NULL,
    agents INTEGER NOT NULL,
    group_turn INTEGER,
    group_first TEXT,
    group_started_at INTEGER,
    group_last_end INTEGER,
    group_running INTEGER,
    group_failed INTEGER
  );
  CREATE UNIQUE INDEX part_by_key ON part (trace, thread);

  CREATE TABLE turn (
    id INTEGER PRIMARY KEY,
    thread INTEGER NOT NULL,
    trace INTEGER NOT NULL,
    turn_id TEXT NOT NULL,
    is_group INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER,
    duration_ms INTEGER,
    failed INTEGER NOT NULL,
    -- The id again: a range over a row value does not reach the rowid at the end of an index.
    seq INTEGER NOT NULL
  );
  CREATE INDEX turn_by_start ON turn (thread, started_at, turn_id);
  CREATE INDEX turn_by_end ON turn (thread, ended_at, turn_id) WHERE ended_at IS NOT NULL;
  CREATE INDEX turn_by_duration ON turn (thread, duration_ms, seq) WHERE duration_ms IS NOT NULL;

  -- First what the span says, then what follows from the rest of its trace (model/trace/node.ts).
  CREATE TABLE span (
    id INTEGER PRIMARY KEY,
    trace INTEGER NOT NULL,
    span_id TEXT NOT NULL,
    parent_span_id TEXT,
    name TEXT NOT NULL,
    operation_name TEXT NOT NULL,
    status INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    started_at_nanos INTEGER NOT NULL,
    ended_at INTEGER,
    ended_at_nanos INTEGER NOT NULL,
    agent_name TEXT,
    model TEXT,
    input_tokens INTEGER,
    output_tokens INTEGER,
    is_turn INTEGER,
    claim_thread INTEGER,
    claim_rank INTEGER,
    cut INTEGER NOT NULL,
    thread INTEGER,
    thread_rank INTEGER NOT NULL,
    top INTEGER NOT NULL,
    turn INTEGER,
    usage_below INTEGER NOT NULL
  );
  CREATE UNIQUE INDEX span_by_key ON span (trace, span_id);
  CREATE INDEX span_by_parent ON span (trace, parent_span_id) WHERE parent_span_id IS NOT NULL;
  CREATE INDEX span_by_thread ON span (thread, started_at, span_id) WHERE thread IS NOT NULL;

  -- The whole span as it came, and where its thread claim was read.
  CREATE TABLE span_payload (
    span INTEGER PRIMARY KEY,
    payload BLOB NOT NULL,
    origin INTEGER NOT NULL,
    claim_key TEXT
  );

  -- What the spans of a batch share: OpenTelemetry's resource and scope.
  CREATE TABLE origin (
    id INTEGER PRIMARY KEY,
    digest BLOB NOT NULL UNIQUE,
    bytes BLOB NOT NULL
  );

  CREATE TABLE span_message (
    id INTEGER PRIMARY KEY,
    span INTEGER NOT NULL,
    position INTEGER NOT NULL,
    role TEXT NOT NULL,
    text TEXT NOT NULL,
    json TEXT NOT NULL
  );
  CREATE UNIQUE INDEX span_message_by_span ON span_message (span, position);

  CREATE TABLE feedback (
    id INTEGER PRIMARY KEY,
    project INTEGER NOT NULL,
    feedback_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    feedback_type TEXT NOT NULL,
    target_kind TEXT NOT NULL,
    target_id TEXT NOT NULL,
    weave_ref TEXT NOT NULL,
    creator TEXT,
    user_id TEXT,
    tags TEXT NOT NULL,
    ratings TEXT NOT NULL
  );
  CREATE UNIQUE INDEX feedback_by_key ON feedback (project, feedback_id);
  CREATE INDEX feedback_by_target ON feedback (project, target_kind, target_id, created_at, feedback_id);

  CREATE TABLE feedback_body (
    feedback INTEGER PRIMARY KEY,
    payload TEXT NOT NULL,
    extra TEXT NOT NULL
  );
  `,
  `
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

  -- The terms (model/index-terms.ts) of metadata and values; the shelf says of which, and of what kind of thread
  -- (record-terms.ts). All integers, so one tree without rowids is the smallest there is.
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
  `,
];
