import type { ThreadKey } from "../../../model/traces/node.ts";
import type { Database } from "../connection/database.ts";
import { createStoredThreads, type StoredThread } from "./thread-rows.ts";

/** A thread's row, with what it says that follows from its spans and turns, and what is needed to work that out. */
export type StatisticsRow = StoredThread;

/** Reads and writes the statistics on thread rows. */
export interface StatisticsRows {
  read(thread: ThreadKey): StatisticsRow;
  /** Writes what follows from the spans and turns, and what follows from that. */
  write(thread: ThreadKey, before: StatisticsRow, after: StatisticsRow): void;
}

export function createStatisticsRows(db: Database): StatisticsRows {
  const threads = createStoredThreads(db);
  return {
    read: (thread) => threads.at(thread)!,
    write: (_thread, before, after) => void threads.write(before, after),
  };
}
