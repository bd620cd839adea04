/** Threads as chats: their messages and what people see of them in a list. */
export const CHAT = `
ALTER TABLE thread ADD COLUMN project_type TEXT NOT NULL DEFAULT 'general';
ALTER TABLE thread ADD COLUMN archived INTEGER NOT NULL DEFAULT 0;
ALTER TABLE thread ADD COLUMN pinned INTEGER NOT NULL DEFAULT 0;
-- Which messages are its transcript, and what a list says of them (tables/transcript-rows.ts).
ALTER TABLE thread ADD COLUMN message_source INTEGER NOT NULL DEFAULT 2;
ALTER TABLE thread ADD COLUMN message_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE thread ADD COLUMN message_tokens INTEGER;
ALTER TABLE thread ADD COLUMN last_message_at INTEGER;
ALTER TABLE thread ADD COLUMN active_at INTEGER AS (coalesce(last_message_at, created_at));
ALTER TABLE thread ADD COLUMN total_tokens INTEGER AS (coalesce(message_tokens, nullif(input_tokens + output_tokens, 0)));
-- What comes after the id answers conditions without a look at the row.
CREATE INDEX chat_by_activity ON thread (project, project_type, active_at, thread_id, archived, pinned)
  WHERE listed IS NOT NULL;

-- What clients gave a thread as a chat; tags and documents are JSON.
CREATE TABLE chat (
  thread INTEGER PRIMARY KEY,
  title TEXT,
  readonly INTEGER NOT NULL DEFAULT 0,
  created_by TEXT,
  modified_by TEXT,
  revision INTEGER NOT NULL DEFAULT 1,
  tags TEXT NOT NULL DEFAULT '[]',
  documents TEXT NOT NULL DEFAULT '{}'
);

-- The summary (model/transcripts/transcript-summary.ts) of a thread's messages of each source, as JSON, and out of it what decides
-- which of them are the transcript, and what the thread's row says then.
CREATE TABLE transcript (
  thread INTEGER NOT NULL,
  source INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  tokens INTEGER,
  last_message_at INTEGER,
  summary TEXT NOT NULL,
  PRIMARY KEY (thread, source)
) WITHOUT ROWID;

-- Messages that were appended, and those of the latest state. Positions count from 0 without a gap; listed is the place
-- in the state's list.
CREATE TABLE message (
  id INTEGER PRIMARY KEY,
  thread INTEGER NOT NULL,
  source INTEGER NOT NULL,
  position INTEGER NOT NULL,
  message_id TEXT NOT NULL,
  role TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  agent TEXT,
  model TEXT,
  input_tokens INTEGER,
  output_tokens INTEGER,
  response_time_ms REAL,
  listed INTEGER
);
CREATE UNIQUE INDEX message_by_position ON message (thread, source, position);
CREATE UNIQUE INDEX message_by_key ON message (thread, message_id) WHERE source = 0;

CREATE TABLE message_body (
  message INTEGER PRIMARY KEY,
  text TEXT NOT NULL,
  json TEXT NOT NULL
);

-- What a span says of its turn (model/traces/speech.ts).
ALTER TABLE span ADD COLUMN tells INTEGER NOT NULL DEFAULT 0;
CREATE INDEX span_by_telling ON span (turn, started_at, span_id, tells) WHERE turn IS NOT NULL AND tells > 0;

-- What the spans of the turn of that id say (model/transcripts/turn-messages.ts) and add up to. Says has a bit each for what was asked, what was
-- answered, and whether the former makes a title; asked and answered are messages of spans, answer_at is when the
-- latter's span ended, or began while it runs.
CREATE TABLE turn_summary (
  id INTEGER PRIMARY KEY,
  thread INTEGER NOT NULL,
  trace INTEGER NOT NULL,
  turn_id TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  says INTEGER NOT NULL,
  asked INTEGER,
  answered INTEGER,
  answer_at INTEGER,
  response_ms INTEGER,
  agent TEXT,
  model TEXT,
  span_count INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL
);
CREATE INDEX turn_by_saying ON turn_summary (thread, started_at, turn_id, says, trace) WHERE says > 0;

-- What the chats of a project and type add up to; with_tokens counts those whose tokens are known.
CREATE TABLE chat_count (
  project INTEGER NOT NULL,
  project_type TEXT NOT NULL,
  archived INTEGER NOT NULL,
  threads INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  with_tokens INTEGER NOT NULL,
  PRIMARY KEY (project, project_type, archived)
) WITHOUT ROWID;

CREATE TRIGGER chat_counted
AFTER UPDATE OF listed, project_type, archived, message_count, message_tokens, input_tokens, output_tokens ON thread
WHEN old.listed IS NOT new.listed OR old.project_type != new.project_type OR old.archived != new.archived
  OR old.message_count != new.message_count OR old.total_tokens IS NOT new.total_tokens
BEGIN
  UPDATE chat_count SET threads = threads - 1, messages = messages - old.message_count, tokens = tokens - coalesce(old.total_tokens, 0),
    with_tokens = with_tokens - (old.total_tokens IS NOT NULL)
  WHERE old.listed IS NOT NULL AND project = old.project AND project_type = old.project_type
    AND archived = old.archived;
  INSERT INTO chat_count
  SELECT new.project, new.project_type, new.archived, 1, new.message_count, coalesce(new.total_tokens, 0), new.total_tokens IS NOT NULL
  WHERE new.listed IS NOT NULL
  ON CONFLICT DO UPDATE SET threads = threads + 1, messages = messages + excluded.messages,
    tokens = tokens + excluded.tokens, with_tokens = with_tokens + excluded.with_tokens;
END;

-- Threads that are there already.
INSERT INTO chat_count
SELECT project, project_type, archived, count(*), 0, total(total_tokens), count(total_tokens)
FROM thread WHERE listed IS NOT NULL GROUP BY project, project_type, archived;
`;
