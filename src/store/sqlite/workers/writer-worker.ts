import { workerData } from "node:worker_threads";
import { serveWorker } from "../../../workers/serve-worker.ts";
import type { Durability } from "../connection/database.ts";
import { createDerivationSlices } from "../writes/derive/derive-slices.ts";
import { openForWriting } from "../writes/open-for-writing.ts";
import { createWriteCommands, type WriteName } from "../writes/write-commands.ts";
import { createGroupCommit } from "./group-commit.ts";

/** How the worker is started. */
export interface WriterData {
  file: string;
  durability: Durability;
  /** How many milliseconds a slice of `derive` takes. */
  sliceMs: number;
}

/** What the writer does; a write is answered with its result when it is committed. */
export type WriterRequest =
  | { kind: "open" }
  | { kind: "write"; name: WriteName; input: unknown }
  /** Goes on with what is to be derived again when no write waits, and answers with what is left. */
  | { kind: "derive" }
  | { kind: "pragmas" }
  /** Brings all that the log has into the database file and empties it. */
  | { kind: "foldLog" }
  | { kind: "close" };

/** The settings in force that decide whether a commit is on disk. */
export interface WriterPragmas {
  journalMode: string;
  /** 1 is NORMAL, 2 is FULL. */
  synchronous: number;
}

const { file, durability, sliceMs } = workerData as WriterData;

/** The one connection that writes; everything goes through it, in the order it came. */
const writer = Promise.try(() => {
  const db = openForWriting(file, durability);
  const commit = createGroupCommit(db);
  const commands = createWriteCommands(db) as Record<WriteName, (input: unknown) => unknown>;
  return { db, commit, commands, deriveSlice: createDerivationSlices(db, sliceMs) };
});
// An error to open reaches whoever asks first.
writer.catch(() => {});

serveWorker<WriterRequest, unknown>({
  async call(request) {
    const { db, commit, commands, deriveSlice } = await writer;
    switch (request.kind) {
      case "open":
        return null;
      case "write":
        return await commit.write(() => commands[request.name](request.input));
      case "derive":
        return await commit.whenIdle(deriveSlice);
      case "pragmas": {
        const journalMode = db.pragma("journal_mode", { simple: true }) as string;
        const synchronous = db.pragma("synchronous", { simple: true }) as number;
        return { journalMode, synchronous } satisfies WriterPragmas;
      }
      case "foldLog":
        db.pragma("wal_checkpoint(TRUNCATE)");
        return null;
      case "close":
        db.close();
        return null;
    }
  },
});
