import { workerData } from "node:worker_threads";
import type { ConversationSpansQuery } from "../../model/span.ts";
import type { ThreadQuery, ThreadSummary } from "../../model/thread.ts";
import { serveWorker } from "../../worker/serve-worker.ts";
import { SnapshotExpiredError } from "../errors.ts";
import type { ConversationSpans } from "../store.ts";
import { type Database, openForReading } from "./database.ts";
import { spanPages } from "./span-query.ts";
import { threadPages } from "./thread-query.ts";

/** How the worker is started. */
export interface ReaderData {
  file: string;
  /** How long one read may hold its snapshot, in milliseconds. */
  snapshotMs: number;
}

export type ReaderRequest =
  | { kind: "threads"; query: ThreadQuery }
  | { kind: "spans"; query: ConversationSpansQuery };

export type ReaderBatch = ThreadSummary[] | ConversationSpans[];

/** What a connection caches: small, since each read that is under way has a connection of its own. */
const CACHE_KIB = 1024;

/** Connections kept open for the next read. */
const MAX_IDLE = 4;

const { file, snapshotMs } = workerData as ReaderData;
const idle: Database[] = [];

/** Runs a read in one snapshot, on a connection of its own, for as long as a snapshot may be held. */
function* inSnapshot<Batch>(read: (db: Database) => Generator<Batch>): Generator<Batch> {
  const db = idle.pop() ?? openForReading(file, CACHE_KIB);
  let expired = false;
  db.exec("BEGIN");
  // A snapshot keeps the log of changes from being folded into the file, so none is held for ever.
  const timer = setTimeout(() => {
    expired = true;
    db.close();
  }, snapshotMs);
  timer.unref();
  try {
    const batches = read(db);
    for (let next = batches.next(); !next.done; next = batches.next()) {
      yield next.value;
      if (expired) throw new SnapshotExpiredError(`the read took longer than ${snapshotMs} ms`);
    }
  } finally {
    clearTimeout(timer);
    if (!expired) release(db);
  }
}

function release(db: Database): void {
  db.exec("COMMIT");
  if (idle.length < MAX_IDLE) idle.push(db);
  else db.close();
}

serveWorker<ReaderRequest, ReaderBatch>({
  stream(request) {
    return request.kind === "threads"
      ? inSnapshot<ReaderBatch>((db) => threadPages(db, request.query))
      : inSnapshot<ReaderBatch>((db) => spanPages(db, request.query));
  },
});
