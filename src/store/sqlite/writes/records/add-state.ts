import type { Instant } from "../../../../model/base/instant.ts";
import { nextCheckpoint, shownCheckpoint } from "../../../../model/threads/checkpoint.ts";
import type { Checkpoint, StateChange } from "../../../../model/threads/thread-record.ts";
import { shownTranscript } from "../../../../model/transcripts/transcript-source.ts";
import type { TranscriptSummary } from "../../../../model/transcripts/transcript-summary.ts";
import { checkpointNotFound } from "../../../errors.ts";
import type { Database } from "../../connection/database.ts";
import { createCheckpointWrites, findParsed, headOf } from "../../tables/checkpoint-rows.ts";
import { createTermWrites } from "../../tables/record-terms.ts";
import { type StoredThread, statusOf } from "../../tables/thread-rows.ts";
import { createThreadTouch } from "../../tables/thread-touch.ts";
import { APPENDED, storedTotals, transcriptColumns } from "../../tables/transcript-rows.ts";
import { createStateMessages } from "../transcripts/state-messages.ts";

/**
 * Makes the function that adds a state to a thread, inside the caller's transaction, with all that follows from it. The
 * latest state is read and parsed once, and so is the base where that is another; what was written is returned, not read.
 */
export function createStateAddition(db: Database) {
  const checkpoints = createCheckpointWrites(db);
  const writeTerms = createTermWrites(db);
  const writeMessages = createStateMessages(db);
  const touch = createThreadTouch(db);

  /** The transcript of a thread without appended messages when those of its state have changed. */
  function shownWith(thread: number, ofState: TranscriptSummary) {
    const stored = {
      appended: () => null,
      state: () => ofState,
      turns: () => storedTotals(db, thread, "turns"),
    };
    return shownTranscript((source) => stored[source]());
  }

  return (row: StoredThread, baseId: string | null, change: StateChange, now: Instant): Checkpoint => {
    const thread = row.id;
    const head = headOf(db, row);
    const headId = head?.checkpoint.checkpointId ?? null;
    const base = baseId === null || baseId === headId ? head : findParsed(db, thread, baseId);
    if (baseId !== null && base === null) throw checkpointNotFound(baseId);
    const { checkpoint, values } = nextCheckpoint(base, headId, change, now);
    const before = head?.values ?? null;
    const added = checkpoints.add(thread, checkpoint);
    writeTerms(row, "values", before, values);
    const hasAppended = row.message_source === APPENDED;
    const ofState = writeMessages({ thread, before, after: values, hasAppended, now });
    touch(row, now, {
      head: added,
      ...(change.status && { status: statusOf(change.status) }),
      ...(ofState && transcriptColumns(shownWith(thread, ofState))),
    });
    return shownCheckpoint(checkpoint);
  };
}
