import type { Instant } from "../../../../model/base/instant.ts";
import { parseJsonObject } from "../../../../model/json/parse.ts";
import { NO_TIME_LEFT } from "../../../../model/threads/ttl.ts";
import type { Span } from "../../../../model/traces/span.ts";
import type { Database } from "../../connection/database.ts";
import { createCheckpointWrites } from "../../tables/checkpoint-rows.ts";
import { readDocument } from "../../tables/record-rows.ts";
import { createTermWrites } from "../../tables/record-terms.ts";
import { createStoredThreads, NEW_THREAD, type StoredThread, ttlColumns } from "../../tables/thread-rows.ts";
import { createTraceRemoval } from "../spans/remove-trace.ts";

/** With more spans, a thread is not removed in one transaction, which others would wait for too long. */
const MANY_SPANS = 1000;

/** Spans and calls that one step takes away, and the rest of the traces they are in. */
const STEP_SPANS = 300;

/** No limit. */
const ALL = -1;

/**
 * A thread whose time is up has too many spans to be removed by the way. The write that needs it gone has done nothing,
 * and can be tried again when `removeSome` says that few are left.
 */
export class LargeThreadError extends Error {
  override readonly name = "LargeThreadError";
  readonly thread: number;
  readonly expiresAt: Instant;

  constructor(thread: StoredThread) {
    super("the thread has too many spans to be removed at once");
    this.thread = thread.id;
    this.expiresAt = thread.expires_at!;
  }
}

/**
 * Removes threads with all they hold, inside the caller's transaction. A trace that others share is taken out whole,
 * and what of it belongs elsewhere is written anew: so all that follows from it is as if the thread's spans had never
 * come.
 */
export interface ThreadRemoval {
  /**
   * Removes a thread whose time is up. Costs what it holds, and the traces it shares.
   *
   * @throws LargeThreadError when that is much
   */
  removeExpired(thread: StoredThread): void;
  /** Removes a thread; one that holds much has no time left from now on, and its id is returned. */
  remove(thread: StoredThread): number | null;
  /** Removes a part of what a thread of a `LargeThreadError` holds; returns whether much is left. */
  removeSome(large: { thread: number; expiresAt: Instant }): boolean;
}

export function createThreadRemoval(
  db: Database,
  writeSpans: (spans: Span[]) => void,
  removeChat: (thread: number) => void,
): ThreadRemoval {
  const writeTerms = createTermWrites(db);
  const checkpoints = createCheckpointWrites(db);
  const removeTraces = createTraceRemoval(db);
  const removeMetadata = db.prepare<[number]>("DELETE FROM thread_metadata WHERE thread = ?");
  const removeFeedbackBodies = db.prepare<[number, string]>(
    `DELETE FROM feedback_body WHERE feedback IN
       (SELECT id FROM feedback WHERE project = ? AND target_kind = 'conversation' AND target_id = ?)`,
  );
  const removeFeedback = db.prepare<[number, string]>(
    "DELETE FROM feedback WHERE project = ? AND target_kind = 'conversation' AND target_id = ?",
  );
  const threads = createStoredThreads(db);
  const calls = "SELECT id FROM call WHERE project = ? AND thread_id = ? ORDER BY id LIMIT ?";
  const removeCalls = [
    `DELETE FROM call_ref WHERE call IN (${calls})`,
    `DELETE FROM call_body WHERE call IN (${calls})`,
    `DELETE FROM call WHERE id IN (${calls})`,
  ].map((sql) => db.prepare<[number, string, number]>(sql));
  // The row stays while a span names it.
  const remove = db.prepare<[{ id: number }]>(
    `DELETE FROM thread WHERE id = $id AND listed IS NULL AND NOT EXISTS (
       SELECT 1 FROM span INDEXED BY span_by_vain_claim
       WHERE claim_thread = $id AND claim_thread IS NOT NULL AND thread IS NOT claim_thread)`,
  );

  /** Removes the calls and traces of as many of a thread's spans; all of them if there are no more. */
  function removeSpans({ id, project, thread_id: threadId }: StoredThread, most: number): Span[] {
    for (const statement of removeCalls) statement.run(project, threadId, most);
    return removeTraces({ id, project }, most);
  }

  function removeWhole(thread: StoredThread): void {
    const { id, project, thread_id: threadId } = thread;
    for (const document of ["metadata", "values"] as const) {
      const text = readDocument(db, id, document);
      if (text !== null) writeTerms(thread, document, parseJsonObject(text, [document]), null);
    }
    checkpoints.removeBut(id, null);
    removeMetadata.run(id);
    removeFeedbackBodies.run(project, threadId);
    removeFeedback.run(project, threadId);
    const others = removeSpans(thread, ALL);
    // After the turns, whose going changes the transcript.
    removeChat(id);
    threads.change(id, NEW_THREAD);
    if (others.length > 0) writeSpans(others);
    remove.run({ id });
  }

  return {
    removeExpired(thread) {
      if (hasMany(thread)) throw new LargeThreadError(thread);
      removeWhole(thread);
    },

    remove(thread) {
      if (!hasMany(thread)) {
        removeWhole(thread);
        return null;
      }
      threads.write(thread, ttlColumns(NO_TIME_LEFT));
      return thread.id;
    },

    removeSome({ thread: id, expiresAt }) {
      const thread = threads.at(id);
      // Meanwhile it may be gone, and its row another thread's.
      if (thread?.ttl_strategy !== "delete" || thread.expires_at !== expiresAt || !hasMany(thread))
        return false;
      const others = removeSpans(thread, STEP_SPANS);
      if (others.length > 0) writeSpans(others);
      return hasMany(threads.at(id)!);
    },
  };
}

function hasMany(thread: StoredThread): boolean {
  return thread.span_count > MANY_SPANS;
}
