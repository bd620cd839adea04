import type { Database } from "./database.ts";
import { createFeedbackWrites } from "./feedback-rows.ts";
import { createKeyWrites } from "./key-rows.ts";
import { createRecordWrites } from "./record-writes.ts";
import { createThreadRemoval } from "./remove-thread.ts";
import { createSpanWrites } from "./write-spans.ts";

/** Makes everything that changes a database: each runs inside the caller's transaction, on one argument. */
export function createWriteCommands(db: Database) {
  const writeSpans = createSpanWrites(db);
  return {
    writeSpans,
    createFeedback: createFeedbackWrites(db),
    ...createKeyWrites(db),
    ...createRecordWrites(db, createThreadRemoval(db, writeSpans)),
  };
}

type WriteCommands = ReturnType<typeof createWriteCommands>;

export type WriteName = keyof WriteCommands;

/** What a command takes and gives back; both cross between threads. */
export type WriteInput<Name extends WriteName> = Parameters<WriteCommands[Name]>[0];
export type WriteResult<Name extends WriteName> = ReturnType<WriteCommands[Name]>;
