import type { Instant } from "../../../../model/base/instant.ts";
import { THREAD_RULES } from "../../../../model/base/rules-version.ts";
import { parseJsonObject } from "../../../../model/json/parse.ts";
import { printJson } from "../../../../model/json/print.ts";
import type { JsonObject } from "../../../../model/json/value.ts";
import { canCopyTo, creationOf, madeByClient } from "../../../../model/threads/client-changes.ts";
import { mergeObjects } from "../../../../model/threads/state-update.ts";
import type {
  Checkpoint,
  StateUpdate,
  ThreadDraft,
  ThreadKeyAt,
  ThreadPatch,
  ThreadTtl,
  TtlStrategy,
} from "../../../../model/threads/thread-record.ts";
import { isGone, isUp, nextRound, ttlFrom } from "../../../../model/threads/ttl.ts";
import { AlreadyExistsError, threadNotFound } from "../../../errors.ts";
import type { WholeRecord } from "../../../roles/records.ts";
import type { Database } from "../../connection/database.ts";
import { createCheckpointWrites } from "../../tables/checkpoint-rows.ts";
import { readDocument, shownIn, toWholeRecord, ttlIn } from "../../tables/record-rows.ts";
import { createTermWrites } from "../../tables/record-terms.ts";
import { createProjectRows, createThreadRows } from "../../tables/row-ids.ts";
import {
  createStoredThreads,
  type RowChanges,
  type StoredThread,
  statusOf,
  ttlColumns,
} from "../../tables/thread-rows.ts";
import { createThreadTouch } from "../../tables/thread-touch.ts";
import { createThreadDerivation } from "../derive/derive-thread.ts";
import { createStateAddition } from "./add-state.ts";
import type { ThreadRemoval } from "./remove-thread.ts";

/** Makes the functions that write records inside the caller's transaction; what each does, `RecordWriter` says. */
export function createRecordWrites(
  db: Database,
  removal: Pick<ThreadRemoval, "remove" | "removeExpired">,
  copyChat: (from: number, to: number) => void,
) {
  const projectOf = createProjectRows(db);
  const threadOf = createThreadRows(db);
  const checkpoints = createCheckpointWrites(db);
  const writeTerms = createTermWrites(db);
  const derive = createThreadDerivation(db);
  const addState = createStateAddition(db);
  const touch = createThreadTouch(db);
  const threads = createStoredThreads(db);
  const putMetadata = db.prepare("INSERT OR REPLACE INTO thread_metadata (thread, json) VALUES (?, ?)");

  /**
   * A thread that was found, derived by the rules of today, and after what the TTL does to it by now; null if there is
   * none, or nothing left.
   */
  function current(found: StoredThread | undefined, now: Instant): StoredThread | null {
    if (found === undefined) return null;
    const thread = derived(found);
    return isUp(ttlOf(thread), now) ? expire(thread, now) : thread;
  }

  function derived(thread: StoredThread): StoredThread {
    if (thread.rules === THREAD_RULES) return thread;
    derive(thread.id);
    return threads.at(thread.id)!;
  }

  /** Does what the TTL of a thread asks whose time is up; returns what is left of its row. */
  function expire(thread: StoredThread, now: Instant): StoredThread | null {
    const ttl = ttlOf(thread)!;
    if (isGone(ttl, now)) {
      removal.removeExpired(thread);
      return threads.at(thread.id) ?? null;
    }
    checkpoints.removeBut(thread.id, thread.head);
    return threads.write(thread, ttlColumns(nextRound(ttl, now)));
  }

  /** The row of a record. */
  function mustFind({ projectId, threadId, now }: ThreadKeyAt): StoredThread {
    const thread = current(threads.named(projectId, threadId), now);
    if (thread === null || thread.id_kind === null) throw threadNotFound(threadId);
    return thread;
  }

  /** Makes a row of a thread a client's, which has some columns from the client. */
  function makeThread(thread: StoredThread, now: Instant, given: RowChanges): StoredThread {
    const { madeAt, changedAt, status } = madeByClient(now);
    const made = { made_at: madeAt, changed_at: changedAt, status: statusOf(status) };
    return threads.write(thread, { ...made, ...given });
  }

  function writeMetadata(thread: StoredThread, before: JsonObject, after: JsonObject, text: string): void {
    putMetadata.run(thread.id, text);
    writeTerms(thread, "metadata", before, after);
  }

  return {
    mustFind,

    createThread(draft: ThreadDraft): { thread: WholeRecord; created: boolean } {
      const { threadId, metadata, ttl, states, ifExists, now } = draft;
      const project = projectOf(draft.projectId);
      const present = current(threads.find(project, threadId), now);
      const creation = creationOf(present && { madeAt: present.made_at }, ifExists);
      if (creation === "refuse") throw alreadyThere(threadId);
      if (creation === "answer") return { thread: toWholeRecord(db, shownIn(present!), now), created: false };
      const row = present ?? threads.at(threadOf(project, threadId))!;
      let thread = makeThread(row, now, ttl ? ttlColumns(ttlFrom(ttl, now)) : {});
      writeMetadata(thread, new Map(), parseJsonObject(metadata, ["metadata"]), metadata);
      for (const state of states) {
        addState(thread, null, state, now);
        thread = threads.at(thread.id)!;
      }
      return { thread: toWholeRecord(db, shownIn(thread), now), created: true };
    },

    patchThread(patch: ThreadPatch): WholeRecord {
      const { metadata, ttl, status, now } = patch;
      const thread = mustFind(patch);
      if (metadata !== null) {
        const before = parseJsonObject(readDocument(db, thread.id, "metadata"), ["metadata"]);
        const after = mergeObjects(before, parseJsonObject(metadata, ["metadata"]));
        writeMetadata(thread, before, after, printJson(after));
      }
      const changed = touch(thread, now, {
        ...(status && { status: statusOf(status) }),
        ...(ttl && ttlColumns(ttlFrom(ttl, now))),
      });
      return toWholeRecord(db, shownIn(changed), now);
    },

    /** `left` is the row of a thread too large to be gone at once: from now on it is one whose time is up. */
    deleteThread(key: ThreadKeyAt): { messages: number; left: number | null } {
      const thread = mustFind(key);
      return { messages: thread.message_count, left: removal.remove(thread) };
    },

    copyThread({ copyId, ...key }: ThreadKeyAt & { copyId: string }): WholeRecord {
      const source = mustFind(key);
      const present = current(threads.find(source.project, copyId), key.now);
      if (!canCopyTo(present && { madeAt: present.made_at }, present?.id === source.id)) {
        throw alreadyThere(copyId);
      }
      const row = present ?? threads.at(threadOf(source.project, copyId))!;
      const { id } = row;
      const thread = makeThread(row, key.now, { head: checkpoints.copy(source.id, id) });
      const metadata = readDocument(db, source.id, "metadata");
      writeMetadata(thread, new Map(), parseJsonObject(metadata, ["metadata"]), metadata);
      copyChat(source.id, id);
      const values = readDocument(db, id, "values");
      if (values !== null) writeTerms(thread, "values", null, parseJsonObject(values, ["values"]));
      return toWholeRecord(db, shownIn(threads.at(id)!), key.now);
    },

    /** Whether there was such a thread; `left` as `deleteThread` says. */
    pruneThread({ strategy, ...key }: ThreadKeyAt & { strategy: TtlStrategy }): {
      known: boolean;
      left: number | null;
    } {
      const thread = current(threads.named(key.projectId, key.threadId), key.now);
      if (thread === null || thread.id_kind === null) return { known: false, left: null };
      if (strategy === "delete") return { known: true, left: removal.remove(thread) };
      checkpoints.removeBut(thread.id, thread.head);
      return { known: true, left: null };
    },

    setState({ baseId, change: given, ...key }: StateUpdate): Checkpoint {
      return addState(mustFind(key), baseId, given, key.now);
    },

    /** Does what a thread's TTL asks by now, if it asks anything. */
    expireThread({ thread: id, now }: { thread: number; now: Instant }): void {
      const thread = threads.at(id);
      if (!thread || !isUp(ttlOf(thread), now)) return;
      // The states that go tell when the messages of the one that stays came.
      expire(thread.ttl_strategy === "keep_latest" ? derived(thread) : thread, now);
    },
  };
}

function ttlOf(thread: StoredThread): ThreadTtl | null {
  return ttlIn(shownIn(thread));
}

function alreadyThere(threadId: string): AlreadyExistsError {
  return new AlreadyExistsError(`Thread with ID ${threadId} already exists`);
}
