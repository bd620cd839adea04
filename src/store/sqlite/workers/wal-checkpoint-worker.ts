import { workerData } from "node:worker_threads";
import { serveWorker } from "../../../worker/serve-worker.ts";
import { openForCheckpoints } from "../database.ts";
import { type DatabaseFiles, openSame } from "../file-identity.ts";

/** How the worker is started. */
export interface CheckpointerData {
  file: string;
  files: DatabaseFiles;
}

const { file, files } = workerData as CheckpointerData;
const db = openSame(files, () => openForCheckpoints(file));

serveWorker<null, null>({
  call() {
    db.pragma("wal_checkpoint(PASSIVE)");
    return null;
  },
  end: () => db.close(),
});
