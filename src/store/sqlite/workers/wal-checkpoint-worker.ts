import { workerData } from "node:worker_threads";
import { serveWorker } from "../../../worker/serve-worker.ts";
import { openForCheckpoints } from "../database.ts";

/** How the worker is started: the database file. */
export type CheckpointerData = string;

const db = openForCheckpoints(workerData as CheckpointerData);

serveWorker<null, null>({
  call() {
    db.pragma("wal_checkpoint(PASSIVE)");
    return null;
  },
  end: () => db.close(),
});
