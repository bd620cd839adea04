import { workerData } from "node:worker_threads";
import { serveWorker } from "../../../workers/serve-worker.ts";
import { SnapshotExpiredError } from "../../errors.ts";
import type { CooperativeRead, YIELD } from "../../shared/cooperative-read.ts";
import { type Database, openForReading, prepared } from "../connection/database.ts";
import { type DatabaseFiles, openSame } from "../connection/file-identity.ts";
import type { Read } from "../reads/define-read.ts";
import { READS } from "../reads/index.ts";

/** How the worker is started. */
export interface ReaderData {
  file: string;
  files: DatabaseFiles;
  /** How long one read may hold its snapshot, in milliseconds. */
  snapshotMs: number;
}

/** A read by its name, and what it is asked. */
export interface ReaderRequest {
  name: string;
  query: unknown;
}

const READS_BY_NAME = new Map(READS.map((read) => [read.name, read as Read<unknown, unknown>]));

/** What a connection caches: small, since each read that is under way has a connection of its own. */
const CACHE_KIB = 1024;

/** Connections kept open for the next read. */
const MAX_IDLE = 4;

const { file, files, snapshotMs } = workerData as ReaderData;
const idle: Database[] = [];

/** Runs a read in one snapshot, on a connection of its own, for as long as a snapshot may be held. */
function* inSnapshot<Batch>(read: (db: Database) => CooperativeRead<Batch>): CooperativeRead<Batch> {
  const db = idle.pop() ?? openSame(files, () => openForReading(file, CACHE_KIB));
  let expired = false;
  prepared(db, "BEGIN").run();
  const batches = read(db);
  // A snapshot keeps the log of changes from being folded into the file, so none is held for ever.
  const timer = setTimeout(() => {
    expired = true;
    batches.return(undefined);
    db.close();
  }, snapshotMs);
  timer.unref();
  try {
    let next = batches.next();
    while (!next.done) {
      yield next.value;
      if (expired) throw new SnapshotExpiredError(`the read took longer than ${snapshotMs} ms`);
      next = batches.next();
    }
    return next.value;
  } finally {
    clearTimeout(timer);
    if (!expired) {
      batches.return(undefined);
      release(db);
    }
  }
}

function release(db: Database): void {
  prepared(db, "COMMIT").run();
  if (idle.length < MAX_IDLE) idle.push(db);
  else db.close();
}

serveWorker<ReaderRequest, unknown | typeof YIELD>({
  stream({ name, query }) {
    const read = READS_BY_NAME.get(name);
    if (!read) throw new Error(`there is no read "${name}"`);
    return inSnapshot((db) => read.pages(db, query));
  },
  // Connections are closed in order, rather than by what tears the thread down.
  end() {
    for (const db of idle) db.close();
  },
});
