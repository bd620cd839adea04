import type { Instant } from "../../../../model/base/instant.ts";
import { THREAD_RULES } from "../../../../model/base/rules-version.ts";
import { parseJsonObject } from "../../../../model/json/parse.ts";
import { printJson } from "../../../../model/json/print.ts";
import type { JsonObject } from "../../../../model/json/value.ts";
import { mergeObjects } from "../../../../model/threads/state-update.ts";
import {
  type Checkpoint,
  type StateUpdate,
  THREAD_STATUSES,
  type ThreadDraft,
  type ThreadKeyAt,
  type ThreadPatch,
  type ThreadStatus,
  type ThreadTtl,
  type TtlStrategy,
} from "../../../../model/threads/thread-record.ts";
import { expiryOf, nextExpiry } from "../../../../model/threads/ttl.ts";
import { AlreadyExistsError, threadNotFound } from "../../../errors.ts";
import type { WholeRecord } from "../../../roles/records.ts";
import type { Database } from "../../connection/database.ts";
import { createCheckpointWrites } from "../../tables/checkpoint-rows.ts";
import {
  findRow,
  hasExpired,
  type RecordRow,
  readDocument,
  rowAt,
  toWholeRecord,
} from "../../tables/record-rows.ts";
import { createTermWrites } from "../../tables/record-terms.ts";
import { createProjectRows, createThreadRows } from "../../tables/row-ids.ts";
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
  const make = db.prepare(
    "UPDATE thread SET made_at = $now, changed_at = $now, status = $status WHERE id = $id",
  );
  const change = db.prepare(
    `UPDATE thread SET made_at = coalesce(made_at, created_at), changed_at = max(coalesce(changed_at, $now), $now),
       status = coalesce($status, status) WHERE id = $id`,
  );
  const setHead = db.prepare("UPDATE thread SET head = $head WHERE id = $id");
  const setTtl = db.prepare(
    "UPDATE thread SET ttl_strategy = $strategy, ttl_minutes = $minutes, expires_at = $expiresAt WHERE id = $id",
  );
  const putMetadata = db.prepare("INSERT OR REPLACE INTO thread_metadata (thread, json) VALUES (?, ?)");

  const countMessages = db.prepare<[number], number>("SELECT message_count FROM thread WHERE id = ?").pluck();

  /**
   * The project's row for a thread, derived by the rules of today, and after what the TTL does to it by now; null if
   * there is none, or nothing left.
   */
  function find(project: number, threadId: string, now: Instant): RecordRow | null {
    const row = findDerived(project, threadId);
    if (row === null) return null;
    if (!hasExpired(row, now)) return row;
    expire(row, now);
    return findRow(db, project, threadId);
  }

  function findDerived(project: number, threadId: string): RecordRow | null {
    const row = findRow(db, project, threadId);
    if (row === null || row.rules === THREAD_RULES) return row;
    derive(row.id);
    return findRow(db, project, threadId);
  }

  function expire(row: RecordRow, now: Instant): void {
    if (row.ttlStrategy === "delete") {
      removal.removeExpired(row);
      return;
    }
    checkpoints.removeBut(row.id, row.head);
    const { ttlStrategy: strategy, ttlMinutes: minutes } = row;
    setTtl.run({ id: row.id, strategy, minutes, expiresAt: nextExpiry(row.expiresAt!, minutes!, now) });
  }

  function mustFind({ projectId, threadId, now }: ThreadKeyAt): RecordRow {
    const row = find(projectOf(projectId), threadId, now);
    if (row === null || row.listed === null) throw threadNotFound(threadId);
    return row;
  }

  /** Makes a thread a client's that was not; what spans made of it stays. */
  function makeThread(project: number, threadId: string, now: Instant): RecordRow {
    const id = threadOf(project, threadId);
    make.run({ id, now, status: statusOf("idle") });
    return rowAt(db, id)!;
  }

  function writeMetadata(row: RecordRow, before: JsonObject, after: JsonObject, text: string): void {
    putMetadata.run(row.id, text);
    writeTerms(row, "metadata", before, after);
  }

  function writeTtl(id: number, ttl: Pick<ThreadTtl, "strategy" | "minutes"> | null, now: Instant): void {
    if (ttl === null) return;
    const { strategy, minutes } = ttl;
    setTtl.run({ id, strategy, minutes, expiresAt: expiryOf(minutes, now) });
  }

  return {
    mustFind,

    createThread(draft: ThreadDraft): { thread: WholeRecord; created: boolean } {
      const { threadId, metadata, ttl, states, ifExists, now } = draft;
      const project = projectOf(draft.projectId);
      const present = find(project, threadId, now);
      if (present && present.madeAt !== null) {
        if (ifExists === "do_nothing") return { thread: toWholeRecord(db, present, now), created: false };
        throw new AlreadyExistsError(`Thread with ID ${threadId} already exists`);
      }
      const row = makeThread(project, threadId, now);
      writeMetadata(row, new Map(), parseJsonObject(metadata, ["metadata"]), metadata);
      writeTtl(row.id, ttl, now);
      for (const state of states) addState(rowAt(db, row.id)!, null, state, now);
      return { thread: toWholeRecord(db, rowAt(db, row.id)!, now), created: true };
    },

    patchThread(patch: ThreadPatch): WholeRecord {
      const { metadata, ttl, status, now } = patch;
      const row = mustFind(patch);
      if (metadata !== null) {
        const before = parseJsonObject(readDocument(db, row.id, "metadata"), ["metadata"]);
        const after = mergeObjects(before, parseJsonObject(metadata, ["metadata"]));
        writeMetadata(row, before, after, printJson(after));
      }
      writeTtl(row.id, ttl, now);
      change.run({ id: row.id, now, status: status === null ? null : statusOf(status) });
      return toWholeRecord(db, rowAt(db, row.id)!, now);
    },

    /** `left` is the row of a thread too large to be gone at once: from now on it is one whose time is up. */
    deleteThread(key: ThreadKeyAt): { messages: number; left: number | null } {
      const row = mustFind(key);
      const messages = countMessages.get(row.id)!;
      return { messages, left: removal.remove(row) };
    },

    copyThread({ copyId, ...key }: ThreadKeyAt & { copyId: string }): WholeRecord {
      const source = mustFind(key);
      const present = find(source.project, copyId, key.now);
      if (present && (present.madeAt !== null || present.id === source.id)) {
        throw new AlreadyExistsError(`Thread with ID ${copyId} already exists`);
      }
      const row = makeThread(source.project, copyId, key.now);
      const metadata = readDocument(db, source.id, "metadata");
      writeMetadata(row, new Map(), parseJsonObject(metadata, ["metadata"]), metadata);
      const head = checkpoints.copy(source.id, row.id);
      setHead.run({ id: row.id, head });
      copyChat(source.id, row.id);
      const values = readDocument(db, row.id, "values");
      if (values !== null) writeTerms(row, "values", null, parseJsonObject(values, ["values"]));
      return toWholeRecord(db, rowAt(db, row.id)!, key.now);
    },

    /** Whether there was such a thread; `left` as `deleteThread` says. */
    pruneThread({ strategy, ...key }: ThreadKeyAt & { strategy: TtlStrategy }): {
      known: boolean;
      left: number | null;
    } {
      const row = find(projectOf(key.projectId), key.threadId, key.now);
      if (row === null || row.listed === null) return { known: false, left: null };
      if (strategy === "delete") return { known: true, left: removal.remove(row) };
      checkpoints.removeBut(row.id, row.head);
      return { known: true, left: null };
    },

    setState({ baseId, change: given, ...key }: StateUpdate): Checkpoint {
      return addState(mustFind(key), baseId, given, key.now);
    },

    /** Does what a thread's TTL asks by now, if it asks anything. */
    expireThread({ thread, now }: { thread: number; now: Instant }): void {
      const row = rowAt(db, thread);
      if (!row || !hasExpired(row, now)) return;
      // The states that go tell when the messages of the one that stays came.
      if (row.rules !== THREAD_RULES && row.ttlStrategy === "keep_latest") derive(row.id);
      expire(row, now);
    },
  };
}

function statusOf(status: ThreadStatus): number {
  return THREAD_STATUSES.indexOf(status);
}
