import { compareCodePoints } from "../../../../model/base/code-points.ts";
import { THREAD_RULES } from "../../../../model/base/rules-version.ts";
import { parseJsonObject } from "../../../../model/json/parse.ts";
import type { EntriesByKind, EntryOf } from "../../../../model/transfer.ts";
import { threadNotFound } from "../../../errors.ts";
import type { Database } from "../../connection/database.ts";
import { createCheckpointWrites } from "../../tables/checkpoint-rows.ts";
import { createMessageRows } from "../../tables/message-rows.ts";
import { readDocument } from "../../tables/record-rows.ts";
import { createTermWrites } from "../../tables/record-terms.ts";
import { createThreadRows } from "../../tables/row-ids.ts";
import { createStoredThreads, type StoredThread, statusOf, ttlColumns } from "../../tables/thread-rows.ts";
import { createThreadDerivation } from "../derive/derive-thread.ts";
import { createStateMessageImport } from "../transcripts/state-messages.ts";

/** Makes the function that stores threads, and states and messages of threads, inside the caller's transaction. */
export function createThreadImport(db: Database) {
  const threadOf = createThreadRows(db);
  const checkpoints = createCheckpointWrites(db);
  const messageRows = createMessageRows(db);
  const writeTerms = createTermWrites(db);
  const threads = createStoredThreads(db);
  const putMetadata = db.prepare("INSERT OR REPLACE INTO thread_metadata (thread, json) VALUES (?, ?)");
  const putChat = db.prepare(
    `INSERT OR REPLACE INTO chat (thread, title, readonly, created_by, modified_by, revision, tags, documents)
     VALUES ($id, $title, $readonly, $createdBy, $modifiedBy, $revision, $tags, $documents)`,
  );
  const lastCheckpoint = db
    .prepare<[number], number>(
      "SELECT id FROM checkpoint WHERE thread = ? ORDER BY checkpoint_id DESC LIMIT 1",
    )
    .pluck();
  const importMessages = createStateMessageImport(db);
  const derive = createThreadDerivation(db);

  function importThread(project: number, entry: EntryOf<"thread">): void {
    const id = threadOf(project, entry.threadId);
    const present = threads.at(id)!;
    if (present.made_at !== null) return;
    const { madeAt, changedAt, stateChangedAt, ttl, metadata } = entry;
    const { projectType, isArchived, isPinned, isReadonly, tags, ...chat } = entry.chat;
    const thread = threads.write(present, {
      made_at: madeAt,
      changed_at: changedAt,
      state_changed_at: stateChangedAt,
      status: statusOf(entry.status),
      ...ttlColumns(ttl),
      project_type: projectType,
      archived: Number(isArchived),
      pinned: Number(isPinned),
    });
    putChat.run({ id, ...chat, readonly: Number(isReadonly), tags: JSON.stringify(tags) });
    putMetadata.run(id, metadata);
    writeTerms(thread, "metadata", null, parseJsonObject(metadata, ["metadata"]));
  }

  function importStates(row: StoredThread, entries: EntryOf<"checkpoint">[]): void {
    const before = valuesOf(row.id);
    for (const entry of entries) checkpoints.restore(row.id, entry);
    const head = lastCheckpoint.get(row.id)!;
    if (head === row.head) return;
    threads.change(row.id, { head });
    const values = valuesOf(row.id)!;
    writeTerms(row, "values", before, values);
    importMessages(row.id, values, greatest(entries));
  }

  /** The values of a thread's latest state; null if it has none. */
  function valuesOf(thread: number) {
    const values = readDocument(db, thread, "values");
    return values === null ? null : parseJsonObject(values, ["values"]);
  }

  /** Does something with the entries of each thread, which a client must have made by now. */
  function forEachThread<Entry extends { threadId: string }>(
    project: number,
    entries: Entry[],
    work: (row: StoredThread, entries: Entry[]) => void,
  ): void {
    for (const [threadId, ofThread] of Map.groupBy(entries, (entry) => entry.threadId)) {
      const row = threads.find(project, threadId);
      if (row === undefined || row.made_at === null) throw threadNotFound(threadId);
      if (row.rules !== THREAD_RULES) derive(row.id);
      work(row, ofThread);
    }
  }

  return (project: number, of: EntriesByKind): void => {
    for (const thread of of.thread ?? []) importThread(project, thread);
    forEachThread(project, of.checkpoint ?? [], importStates);
    forEachThread(project, of.message ?? [], ({ id }, ofThread) => messageRows.appendAndShow(id, ofThread));
  };
}

/** The latest of some states of a thread. */
function greatest(entries: EntryOf<"checkpoint">[]): EntryOf<"checkpoint"> {
  return entries.reduce((latest, entry) =>
    compareCodePoints(entry.checkpointId, latest.checkpointId) > 0 ? entry : latest,
  );
}
