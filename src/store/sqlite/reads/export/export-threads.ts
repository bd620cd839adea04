import { THREAD_STATUSES } from "../../../../model/threads/thread-record.ts";
import type { EntryOf } from "../../../../model/transfer.ts";
import { type Database, prepared } from "../../connection/database.ts";
import { GIVEN_CHAT_COLUMNS, GIVEN_CHAT_JOIN, type GivenChatRow } from "../../tables/chat-rows.ts";
import { CHECKPOINT_COLUMNS, type CheckpointRow, toCheckpoint } from "../../tables/checkpoint-rows.ts";
import { timesOfState } from "../../tables/message-rows.ts";
import { readDocument, rowAt } from "../../tables/record-rows.ts";
import { APPENDED, readSummary } from "../../tables/transcript-rows.ts";
import { readMessages } from "../chats/message-query.ts";
import { type KeyedRow, rowsByKey } from "./key-order.ts";

/** Yields the threads of a project that clients have made or changed, each with its states and messages after it. */
export function* exportThreads(
  db: Database,
  project: number,
): Generator<EntryOf<"thread" | "checkpoint" | "message">> {
  const table = { table: "thread", owner: "project", key: "thread_id", where: "made_at IS NOT NULL" };
  for (const thread of rowsByKey(db, table, project)) {
    yield threadEntry(db, thread);
    yield* exportCheckpoints(db, thread);
    yield* exportMessages(db, thread);
  }
}

/** What is in a thread's row and beside it, as far as the record's own columns do not say. */
interface GivenRow extends GivenChatRow {
  changedAt: number;
  stateChangedAt: number | null;
}

function threadEntry(db: Database, { id, key: threadId }: KeyedRow): EntryOf<"thread"> {
  const { madeAt, status, ttlStrategy, ttlMinutes, expiresAt } = rowAt(db, id)!;
  const given = prepared<GivenRow>(
    db,
    `SELECT changed_at AS changedAt, state_changed_at AS stateChangedAt, ${GIVEN_CHAT_COLUMNS}
     FROM thread ${GIVEN_CHAT_JOIN} WHERE thread.id = ?`,
  ).get(id)!;
  const { changedAt, stateChangedAt, archived, pinned, readonly, tags, ...chat } = given;
  return {
    kind: "thread",
    threadId,
    madeAt: madeAt!,
    changedAt,
    stateChangedAt,
    status: THREAD_STATUSES[status]!,
    ttl: ttlStrategy === null ? null : { strategy: ttlStrategy, minutes: ttlMinutes!, expiresAt: expiresAt! },
    metadata: readDocument(db, id, "metadata"),
    chat: {
      ...chat,
      tags: JSON.parse(tags) as string[],
      isArchived: archived === 1,
      isPinned: pinned === 1,
      isReadonly: readonly === 1,
    },
  };
}

function* exportCheckpoints(db: Database, { id, key: threadId }: KeyedRow): Generator<EntryOf<"checkpoint">> {
  const rowById = prepared<CheckpointRow>(db, `SELECT ${CHECKPOINT_COLUMNS} FROM checkpoint WHERE id = ?`);
  const { head } = rowAt(db, id)!;
  for (const at of rowsByKey(db, { table: "checkpoint", owner: "thread", key: "checkpoint_id" }, id)) {
    const row = rowById.get(at.id)!;
    const { metadata: _, ...checkpoint } = toCheckpoint(db, row);
    const messageTimes = at.id === head ? timesOfState(db, id) : [];
    yield {
      kind: "checkpoint",
      threadId,
      step: row.step,
      asNode: row.asNode,
      ...checkpoint,
      messageTimes,
    };
  }
}

function* exportMessages(db: Database, { id, key: threadId }: KeyedRow): Generator<EntryOf<"message">> {
  const { messages: end } = readSummary(db, id, APPENDED);
  for (const { place: _, ...message } of readMessages(db, { thread: id, source: APPENDED, start: 0, end })) {
    yield { kind: "message", threadId, ...message };
  }
}
