import type { Instant } from "../../../../model/base/instant.ts";
import { THREAD_RULES } from "../../../../model/base/rules-version.ts";
import { parseJsonObject } from "../../../../model/json/parse.ts";
import type { JsonObject } from "../../../../model/json/value.ts";
import { messageList, stateMessages } from "../../../../model/transcripts/state-transcript.ts";
import type { Database } from "../../connection/database.ts";
import { createMessageRemoval } from "../../tables/message-rows.ts";
import { readDocument } from "../../tables/record-rows.ts";
import { createStoredThreads } from "../../tables/thread-rows.ts";
import { APPENDED, createTranscriptRows, OF_STATE, readSummary } from "../../tables/transcript-rows.ts";
import { createStateMessageImport, createStateMessages } from "../transcripts/state-messages.ts";

/**
 * Makes the function that derives again, inside the caller's transaction, the messages of the latest state of a thread.
 * When a message came stays as it is known; of one that was none by older rules, it is the time of the first state that
 * had it, of those that are kept. Costs the latest state; all that are kept where a time is not known.
 */
export function createThreadDerivation(db: Database): (thread: number) => void {
  const transcripts = createTranscriptRows(db);
  const removeMessages = createMessageRemoval(db);
  const followState = createStateMessages(db);
  const writeMessages = createStateMessageImport(db);
  const threads = createStoredThreads(db);
  const stored = db
    .prepare<[number], [string, Instant]>(
      `SELECT message_id, created_at FROM message WHERE thread = ? AND source = ${OF_STATE} ORDER BY position`,
    )
    .raw();
  const states = db
    .prepare<[number], number>("SELECT id FROM checkpoint WHERE thread = ? ORDER BY checkpoint_id")
    .pluck();
  const read = db.prepare<[number], { createdAt: Instant; state: string }>(
    `SELECT created_at AS createdAt, state FROM checkpoint JOIN checkpoint_body ON checkpoint = id WHERE id = ?`,
  );

  /** Goes through the states as they came. */
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

  function derive(thread: number, values: JsonObject): void {
    const messages = stateMessages(messageList(values), 0, () => 0);
    const known = timesById(stored.all(thread));
    const isKnown = messages.every(({ messageId }) => known.has(messageId));
    if (!isKnown) replay(thread);
    if (known.size === 0) return;
    const found = isKnown ? known : timesById(stored.all(thread));
    const messageTimes = messages.map(
      ({ messageId }) => nextTime(known, messageId) ?? nextTime(found, messageId)!,
    );
    writeMessages(thread, values, { messageTimes, createdAt: 0 });
  }

  return (thread) => {
    const values = readDocument(db, thread, "values");
    // Nothing asks for the messages of states where others were appended.
    if (values !== null && readSummary(db, thread, APPENDED).messages === 0) {
      derive(thread, parseJsonObject(values, ["values"]));
    }
    threads.change(thread, { rules: THREAD_RULES });
  };
}

/** When messages came, by their ids; of an id that several have, in their order. */
function timesById(stored: [id: string, at: Instant][]): Map<string, Instant[]> {
  const byId = Map.groupBy(stored, ([id]) => id);
  return new Map([...byId].map(([id, found]) => [id, found.map(([, at]) => at)]));
}

/** When the next message of an id came; the last time goes for all that are left. */
function nextTime(times: Map<string, Instant[]>, id: string): Instant | undefined {
  const ofId = times.get(id);
  return ofId && ofId.length > 1 ? ofId.shift() : ofId?.[0];
}
