import type { ThreadKeyAt } from "../../../../model/threads/thread-record.ts";
import { type Database, prepared } from "../../connection/database.ts";
import { findRecord, toWholeRecord } from "../../tables/record-rows.ts";
import { defineLookUp } from "../define-read.ts";

/** One thread with all its documents; null if it is not there. */
export const threadRead = defineLookUp("thread", (db, { projectId, threadId, now }: ThreadKeyAt) => {
  const row = findRecord(db, projectId, threadId, now);
  return row && toWholeRecord(db, row, now);
});

/** The rows of the threads that have expired, the first to expire first. */
export const expiredRead = defineLookUp("expired", findExpired);

function findExpired(db: Database, { now, limit }: { now: ThreadKeyAt["now"]; limit: number }): number[] {
  const sql = "SELECT id FROM thread WHERE expires_at <= ? ORDER BY expires_at LIMIT ?";
  return prepared<number>(db, sql).pluck().all(now, limit) as number[];
}
