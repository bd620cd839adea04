import type { Instant } from "../../../../model/base/instant.ts";
import { parseJsonObject } from "../../../../model/json/parse.ts";
import type { JsonObject } from "../../../../model/json/value.ts";
import { messageList, stateMessages } from "../../../../model/transcripts/state-transcript.ts";
import type { Database } from "../../connection/database.ts";
import { createMessageRemoval } from "../../tables/message-rows.ts";
import { readDocument } from "../../tables/record-rows.ts";
import { APPENDED, createTranscriptRows, OF_STATE, readSummary } from "../../tables/transcript-rows.ts";
import { createStateMessages } from "../transcripts/state-messages.ts";

/**
 * Makes the function that works out, inside the caller's transaction, the messages of the latest states of threads: it
 * goes through the states as they came, so that each message has the time of the first that had it. What comes before
 * the states that are kept is not known any more.
 */
export function createStateBackfill(db: Database): (threads: number[]) => void {
  const transcripts = createTranscriptRows(db);
  const removeMessages = createMessageRemoval(db);
  const followState = createStateMessages(db);
  const states = db
    .prepare<[number], number>("SELECT id FROM checkpoint WHERE thread = ? ORDER BY checkpoint_id")
    .pluck();
  const read = db.prepare<[number], { createdAt: Instant; state: string }>(
    `SELECT created_at AS createdAt, state FROM checkpoint JOIN checkpoint_body ON checkpoint = id WHERE id = ?`,
  );

  /** Whether the messages of a thread's latest state are asked for, and not all there. */
  function lacksMessages(thread: number): boolean {
    const values = readDocument(db, thread, "values");
    if (values === null || readSummary(db, thread, APPENDED).messages > 0) return false;
    const messages = stateMessages(messageList(parseJsonObject(values, ["values"])), 0, () => 0);
    return messages.length !== readSummary(db, thread, OF_STATE).messages;
  }

  function replay(thread: number): void {
    removeMessages(thread, OF_STATE, 0);
    transcripts.forget(thread, OF_STATE);
    let before: JsonObject | null = null;
    for (const id of states.all(thread)) {
      const { createdAt: now, state } = read.get(id)!;
      const after = parseJsonObject(state, ["values"]);
      followState({ thread, before, after, hasAppended: false, now });
      before = after;
    }
    transcripts.show(thread);
  }

  return (threads) => {
    for (const thread of threads) if (lacksMessages(thread)) replay(thread);
  };
}
