/** Spans, the threads and turns they make, and feedback. */
export const SPANS = `
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

-- A trace's part in a thread (model/traces/part.ts); the group_ columns are set while all its tops are one turn.
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

-- First what the span says, then what follows from the rest of its trace (model/traces/node.ts).
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
`;
