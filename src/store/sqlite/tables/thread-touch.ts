import type { Instant } from "../../../model/base/instant.ts";
import { touchedTimes } from "../../../model/threads/touch.ts";
import type { ShownTranscript } from "../../../model/transcripts/transcript-source.ts";
import type { Database } from "../connection/database.ts";
import { createRowUpdate } from "../connection/row-update.ts";
import type { RecordRow } from "./record-rows.ts";
import { sourceNumber } from "./transcript-rows.ts";

/** What a client's write changes in the row of a thread beside its times; what is left out stays as it is. */
export interface ThreadTouch {
  status?: number;
  /** The checkpoint that is its state from now on. */
  head?: number;
  transcript?: ShownTranscript;
}

/** The columns it sets, where they change. */
const COLUMNS = {
  madeAt: "made_at",
  changedAt: "changed_at",
  updatedAt: "updated_at",
  stateChangedAt: "state_changed_at",
  stateUpdatedAt: "state_updated_at",
  status: "status",
  head: "head",
  messageSource: "message_source",
  messageCount: "message_count",
  messageTokens: "message_tokens",
  lastMessageAt: "last_message_at",
} as const satisfies Partial<Record<keyof RecordRow, string>>;

const FIELDS = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];

/**
 * Makes the function that marks a thread as changed by a client, inside the caller's transaction: all that the write
 * changes in its row, in one statement. Returns the row as it is then.
 */
export function createThreadTouch(db: Database) {
  const update = createRowUpdate(db, "thread", [], Object.values(COLUMNS));
  const values = (row: RecordRow) => FIELDS.map((field) => row[field]);
  return (before: RecordRow, now: Instant, { transcript, ...touch }: ThreadTouch): RecordRow => {
    const after: RecordRow = {
      ...before,
      ...touch,
      ...touchedTimes(before, now, touch.head !== undefined),
      ...(transcript && {
        messageSource: sourceNumber(transcript.source),
        messageCount: transcript.messages,
        messageTokens: transcript.tokens,
        lastMessageAt: transcript.lastMessageAt,
      }),
    };
    update(before.id, [], values(before), values(after));
    return after;
  };
}
