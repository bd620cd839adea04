import type { Instant } from "../../../model/base/instant.ts";
import type { ThreadKey } from "../../../model/traces/node.ts";
import type { Database } from "../connection/database.ts";
import { createRowUpdate } from "../connection/row-update.ts";

/** The columns that are written where no index, and no trigger's work, hangs on them. */
const PLAIN = [
  "span_count",
  "ended_count",
  "first_turn_id",
  "last_turn_id",
  "p50_duration",
  "p50_turn",
  "p50_below",
  "p99_duration",
  "p99_turn",
  "p99_below",
] as const;

/** The others. */
const INDEXED = [
  "input_tokens",
  "output_tokens",
  "turn_count",
  "start_time",
  "last_updated",
  "p50",
  "p99",
  "created_at",
  "updated_at",
  "state_updated_at",
  "message_count",
  "message_tokens",
  "last_message_at",
] as const;

type Column = (typeof PLAIN | typeof INDEXED)[number];

/** What a thread's row says that follows from its spans and turns, and what is needed to work that out. */
export interface StatisticsRow {
  span_count: number;
  ended_count: number;
  first_turn_id: string | null;
  last_turn_id: string | null;
  p50_duration: number;
  p50_turn: number;
  p50_below: number;
  p99_duration: number;
  p99_turn: number;
  p99_below: number;
  input_tokens: number;
  output_tokens: number;
  turn_count: number;
  start_time: Instant | null;
  last_updated: Instant | null;
  p50: number | null;
  p99: number | null;
  created_at: Instant | null;
  updated_at: Instant | null;
  state_updated_at: Instant | null;
  message_count: number;
  message_tokens: number | null;
  last_message_at: Instant | null;
  message_source: number;
  made_at: Instant | null;
  changed_at: Instant | null;
  state_changed_at: Instant | null;
}

/** Reads and writes the statistics on thread rows. */
export interface StatisticsRows {
  read(thread: ThreadKey): StatisticsRow;
  /** Writes what follows from the spans and turns; the times of the record follow from that by themselves. */
  write(thread: ThreadKey, before: StatisticsRow, after: StatisticsRow): void;
}

export function createStatisticsRows(db: Database): StatisticsRows {
  const find = db.prepare<[ThreadKey], StatisticsRow>(
    `SELECT ${[...PLAIN, ...INDEXED].join(", ")}, message_source, made_at, changed_at,
       state_changed_at FROM thread WHERE id = ?`,
  );
  const update = createRowUpdate(db, "thread", PLAIN, INDEXED);
  const values = (row: StatisticsRow, columns: readonly Column[]) => columns.map((column) => row[column]);
  return {
    read: (thread) => find.get(thread)!,
    write(thread, before, statistics) {
      const after = { ...statistics, ...recordTimes(statistics) };
      update(thread, values(after, PLAIN), values(before, INDEXED), values(after, INDEXED));
    },
  };
}

/**
 * The times of a record, as the triggers of the schema say, so that these find nothing to do. While neither a client
 * nor a turn has made it, they are left to the triggers.
 */
function recordTimes(row: StatisticsRow): Partial<StatisticsRow> {
  const created_at = row.made_at ?? row.start_time;
  if (created_at === null) return {};
  const updated_at = Math.max(row.changed_at ?? created_at, row.last_updated ?? created_at);
  return { created_at, updated_at, state_updated_at: row.state_changed_at ?? created_at };
}
