import type { Instant } from "../../../model/base/instant.ts";
import { THREAD_RULES } from "../../../model/base/rules-version.ts";
import {
  type CountedThread,
  chatCountChanges,
  recordCountChanges,
  totalTokens,
} from "../../../model/threads/counters.ts";
import { ID_KINDS, idKindOf } from "../../../model/threads/id-kind.ts";
import {
  THREAD_STATUSES,
  type ThreadStatus,
  type ThreadTtl,
  type TtlStrategy,
} from "../../../model/threads/thread-record.ts";
import { isRecord, recordTimes } from "../../../model/threads/times.ts";
import type { Database } from "../connection/database.ts";
import { createRowChange } from "../connection/row-update.ts";

/** The place of a status, as the column has it. */
export function statusOf(status: ThreadStatus): number {
  return THREAD_STATUSES.indexOf(status);
}

/** A TTL, or none, as columns have it. */
export function ttlColumns(ttl: ThreadTtl | null) {
  return {
    ttl_strategy: ttl?.strategy ?? null,
    ttl_minutes: ttl?.minutes ?? null,
    expires_at: ttl?.expiresAt ?? null,
  };
}

/**
 * The columns on which no index hangs, each as a new row has it, in groups that a write sets together. Those of turns
 * and spans change with every batch of spans.
 */
const OF_SPANS = {
  span_count: 0,
  input_tokens: 0,
  output_tokens: 0,
  ended_count: 0,
  first_turn_id: null as string | null,
  last_turn_id: null as string | null,
  p50_duration: 0,
  p50_turn: 0,
  p50_below: 0,
  p99_duration: 0,
  p99_turn: 0,
  p99_below: 0,
};

const OF_MESSAGES = {
  // OF_TURNS of transcript-rows.ts.
  message_source: 2,
  message_count: 0,
  message_tokens: null as number | null,
};

const OF_CLIENTS = {
  made_at: null as Instant | null,
  changed_at: null as Instant | null,
  state_changed_at: null as Instant | null,
  head: null as number | null,
  ttl_minutes: null as number | null,
};

const OF_STATES = {
  /** The number of the rules that what follows from its states was derived by. */
  rules: THREAD_RULES as number,
};

/** The others, each set where it changes. */
const INDEXED = {
  turn_count: 0,
  start_time: null as Instant | null,
  last_updated: null as Instant | null,
  p50: null as number | null,
  p99: null as number | null,
  status: statusOf("idle"),
  ttl_strategy: null as TtlStrategy | null,
  expires_at: null as Instant | null,
  project_type: "general",
  archived: 0,
  pinned: 0,
  last_message_at: null as Instant | null,
};

/** What follows from the others: `StoredThreads` writes it, whatever a row that is given to it says. */
const DERIVED = {
  /** The place of the id's kind in ID_KINDS; null while the thread is no record. In the file, it is called listed. */
  id_kind: null as number | null,
  created_at: null as Instant | null,
  updated_at: null as Instant | null,
  state_updated_at: null as Instant | null,
};

/** What a new row has in the columns that are ever written. */
export const NEW_THREAD = { ...OF_SPANS, ...OF_MESSAGES, ...OF_CLIENTS, ...OF_STATES, ...INDEXED };

/** A row of the thread table, with all that writers ever change. */
export type StoredThread = {
  readonly id: number;
  readonly project: number;
  readonly thread_id: string;
} & typeof NEW_THREAD &
  Readonly<typeof DERIVED>;

/** Reads whole thread rows and writes them, inside the caller's transaction, with what follows from them. */
export interface StoredThreads {
  /** The row of this id; undefined if it is gone. */
  at(id: number): StoredThread | undefined;
  /** The row of a thread, whether it is a record or not. */
  find(project: number, threadId: string): StoredThread | undefined;
  /** The same for a project by its id. */
  named(projectId: string, threadId: string): StoredThread | undefined;
  /**
   * Changes a row: what it says, the times and the kind that follow, and what that does to the counters of its project.
   * Every change of a thread row goes through here. Costs one statement, and one for each counter that changes; where
   * all is as it was, nothing is written.
   *
   * @param before the row as it is stored now
   * @returns the row as it is then
   */
  write(before: StoredThread, changes: RowChanges): StoredThread;
  /** The same for the row of this id, which is there. */
  change(id: number, changes: RowChanges): StoredThread;
}

/** Columns with what they are to say. */
export type RowChanges = Partial<typeof NEW_THREAD>;

const DERIVED_FIELDS = Object.keys(DERIVED);

type Field = keyof (typeof NEW_THREAD & typeof DERIVED);

/** What a write sets together. */
const GROUPS = [
  ...[OF_SPANS, OF_MESSAGES, OF_CLIENTS, OF_STATES].map((group) => Object.keys(group)),
  ...Object.keys({ ...INDEXED, ...DERIVED }).map((field) => [field]),
] as Field[][];

function columnOf(field: string): string {
  return field === "id_kind" ? "listed" : field;
}

const COLUMNS = ["id", "project", "thread_id", ...GROUPS.flat()]
  .map((field) => (columnOf(field) === field ? field : `${columnOf(field)} AS ${field}`))
  .join(", ");

export function createStoredThreads(db: Database): StoredThreads {
  const at = db.prepare<[number], StoredThread>(`SELECT ${COLUMNS} FROM thread WHERE id = ?`);
  const find = db.prepare<[number, string], StoredThread>(
    `SELECT ${COLUMNS} FROM thread WHERE project = ? AND thread_id = ?`,
  );
  const named = db.prepare<[string, string], StoredThread>(
    `SELECT ${COLUMNS} FROM thread
     WHERE project = (SELECT id FROM project WHERE project_id = ?) AND thread_id = ?`,
  );
  const update = createRowChange<StoredThread>(db, "thread", GROUPS, columnOf);
  const firstSpan = db
    .prepare<[number], Instant>("SELECT started_at FROM span WHERE thread = ? ORDER BY started_at LIMIT 1")
    .pluck();
  const count = createCounters(db);

  function write(before: StoredThread, changes: RowChanges): StoredThread {
    const row: StoredThread = { ...before, ...changes };
    Object.assign(
      row,
      derivedOf(before, row, () => firstSpan.get(before.id)!),
    );
    update(row.id, before, row, [...Object.keys(changes), ...DERIVED_FIELDS]);
    count(before, row);
    return row;
  }

  return {
    at: (id) => at.get(id),
    find: (project, threadId) => find.get(project, threadId),
    named: (projectId, threadId) => named.get(projectId, threadId),
    write,
    change: (id, changes) => write(at.get(id)!, changes),
  };
}

/** What follows from a row; a record keeps the kind that its id once got. */
function derivedOf(before: StoredThread, after: StoredThread, firstSpanStart: () => Instant): typeof DERIVED {
  const { made_at: madeAt, changed_at: changedAt, state_changed_at: stateChangedAt } = after;
  const { start_time: startTime, last_updated: lastUpdated } = after;
  if (!isRecord({ madeAt, spanCount: after.span_count })) return DERIVED;
  const said = { madeAt, changedAt, stateChangedAt, startTime, lastUpdated };
  const times = recordTimes(said, firstSpanStart);
  return {
    id_kind: before.id_kind ?? ID_KINDS.indexOf(idKindOf(after.thread_id)),
    created_at: times.createdAt,
    updated_at: times.updatedAt,
    state_updated_at: times.stateUpdatedAt,
  };
}

/** Makes the function that keeps a project's counters of records and chats true when a row changes. */
function createCounters(db: Database): (before: StoredThread, after: StoredThread) => void {
  const countRecords = db.prepare<[number, number, number, number]>(
    `INSERT INTO record_count (project, listed, status, records) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET records = records + excluded.records`,
  );
  const countChats = db.prepare(
    `INSERT INTO chat_count (project, project_type, archived, threads, messages, tokens, with_tokens)
     VALUES ($project, $projectType, $archived, $threads, $messages, $tokens, $withTokens)
     ON CONFLICT DO UPDATE SET threads = threads + excluded.threads, messages = messages + excluded.messages,
       tokens = tokens + excluded.tokens, with_tokens = with_tokens + excluded.with_tokens`,
  );
  return (old, row) => {
    const [before, after] = [countedIn(old), countedIn(row)];
    const { project } = row;
    for (const { idKind, status, records } of recordCountChanges(before, after)) {
      countRecords.run(project, ID_KINDS.indexOf(idKind), statusOf(status), records);
    }
    for (const { isArchived, ...change } of chatCountChanges(before, after)) {
      countChats.run({ project, archived: Number(isArchived), ...change });
    }
  };
}

function countedIn(row: StoredThread): CountedThread {
  const { message_tokens: messageTokens, input_tokens: inputTokens, output_tokens: outputTokens } = row;
  return {
    idKind: row.id_kind === null ? null : ID_KINDS[row.id_kind]!,
    status: THREAD_STATUSES[row.status]!,
    projectType: row.project_type,
    isArchived: row.archived === 1,
    messages: row.message_count,
    tokens: totalTokens({ messageTokens, inputTokens, outputTokens }),
  };
}
