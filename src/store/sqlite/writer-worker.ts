import { workerData } from "node:worker_threads";
import type { Feedback } from "../../model/feedback.ts";
import type { Span } from "../../model/span.ts";
import { serveWorker } from "../../worker/serve-worker.ts";
import { type Durability, openForWriting } from "./database.ts";
import { createFeedbackWrites } from "./feedback-rows.ts";
import { createGroupCommit } from "./group-commit.ts";
import { createSpanWrites } from "./write-spans.ts";

/** How the worker is started. */
export interface WriterData {
  file: string;
  durability: Durability;
}

/** What the writer does; each is acknowledged when it is committed. */
export type WriterRequest =
  | { kind: "open" }
  | { kind: "spans"; spans: Span[] }
  | { kind: "feedback"; feedback: Feedback }
  | { kind: "pragmas" }
  | { kind: "close" };

/** The settings in force that decide whether a commit is on disk. */
export interface WriterPragmas {
  journalMode: string;
  /** 1 is NORMAL, 2 is FULL. */
  synchronous: number;
}

const { file, durability } = workerData as WriterData;

/** The one connection that writes; everything goes through it, in the order it came. */
const writer = Promise.try(() => {
  const db = openForWriting(file, durability);
  const commit = createGroupCommit(db);
  return { db, commit, writeSpans: createSpanWrites(db), createFeedback: createFeedbackWrites(db) };
});
// An error to open reaches whoever asks first.
writer.catch(() => {});

serveWorker<WriterRequest, WriterPragmas | null>({
  async call(request) {
    const { db, commit, writeSpans, createFeedback } = await writer;
    switch (request.kind) {
      case "open":
        return null;
      case "spans":
        await commit(() => writeSpans(request.spans));
        return null;
      case "feedback":
        await commit(() => createFeedback(request.feedback));
        return null;
      case "pragmas": {
        const journalMode = db.pragma("journal_mode", { simple: true }) as string;
        return { journalMode, synchronous: db.pragma("synchronous", { simple: true }) as number };
      }
      case "close":
        db.close();
        return null;
    }
  },
});
