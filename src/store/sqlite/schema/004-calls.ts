/** Weave calls, from whose halves their spans are made. */
export const CALLS = `
-- What is known of a call; started_at is null while only its end, or its new name, has come.
CREATE TABLE call (
  id INTEGER PRIMARY KEY,
  project INTEGER NOT NULL,
  call_id TEXT NOT NULL,
  trace_id TEXT,
  parent_id TEXT,
  op_name TEXT,
  display_name TEXT,
  thread_id TEXT,
  turn_id TEXT,
  started_at INTEGER,
  ended_at INTEGER,
  user_id TEXT,
  run_id TEXT
);
CREATE UNIQUE INDEX call_by_key ON call (project, call_id);
CREATE INDEX call_by_start ON call (project, started_at, call_id) WHERE started_at IS NOT NULL;
CREATE INDEX call_by_trace ON call (project, trace_id) WHERE started_at IS NOT NULL;
CREATE INDEX call_by_parent ON call (project, parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX call_by_thread ON call (project, thread_id) WHERE thread_id IS NOT NULL;
CREATE INDEX call_by_turn ON call (project, turn_id) WHERE turn_id IS NOT NULL;

-- Each half (model/calls/call.ts): what it says, and its document as it came. given_name is what the call was renamed to.
CREATE TABLE call_body (
  call INTEGER PRIMARY KEY,
  given_name TEXT,
  start_said TEXT,
  end_said TEXT,
  start TEXT,
  end TEXT
);

-- A call inherits nothing from the spans above it, and is in the turn it names.
ALTER TABLE span ADD COLUMN is_call INTEGER NOT NULL DEFAULT 0;
ALTER TABLE span ADD COLUMN named_turn TEXT;
`;
