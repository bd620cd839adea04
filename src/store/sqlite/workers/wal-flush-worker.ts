import { workerData } from "node:worker_threads";
import { serveWorker } from "../../../workers/serve-worker.ts";
import { type Database, openForCheckpoints } from "../connection/database.ts";
import { type DatabaseFiles, openSame } from "../connection/file-identity.ts";

/** How the worker is started. */
export interface WalFlushData {
  file: string;
  files: DatabaseFiles;
}

const { file, files } = workerData as WalFlushData;
/** Opened for the first WAL checkpoint. While the files are lost that fails, and the next one tries again. */
let db: Database | undefined;

serveWorker<null, null>({
  call() {
    db ??= openSame(files, () => openForCheckpoints(file));
    db.pragma("wal_checkpoint(PASSIVE)");
    return null;
  },
  end: () => db?.close(),
});
