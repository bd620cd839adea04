import { workerData } from "node:worker_threads";
import type { CallFilter, CallQuery, StoredCall } from "../../../model/calls/call.ts";
import type {
  FoundVersion,
  ObjectKey,
  ObjectQuery,
  ObjectVersion,
  PlacedRow,
  TableQuery,
} from "../../../model/content/content.ts";
import type { Feedback, FeedbackQuery } from "../../../model/feedback/feedback.ts";
import type { ThreadQuery, ThreadSummary } from "../../../model/threads/thread.ts";
import type {
  Checkpoint,
  HistoryQuery,
  ThreadFilter,
  ThreadSearch,
} from "../../../model/threads/thread-record.ts";
import type { TurnQuery } from "../../../model/threads/turn.ts";
import type { ConversationSpansQuery } from "../../../model/traces/span.ts";
import type { ChatQuery } from "../../../model/transcripts/chat-thread.ts";
import type { MessageQuery } from "../../../model/transcripts/message.ts";
import { serveWorker } from "../../../workers/serve-worker.ts";
import { SnapshotExpiredError } from "../../errors.ts";
import type { ChatBatch, MessageBatch } from "../../roles/chats.ts";
import type { RecordBatch } from "../../roles/records.ts";
import type { ConversationSpans, TurnBatch } from "../../roles/spans.ts";
import type { TransferBatch } from "../../roles/transfer.ts";
import type { NOTHING_YET, Steps } from "../../shared/steps.ts";
import { type Database, openForReading, prepared } from "../connection/database.ts";
import { type DatabaseFiles, openSame } from "../connection/file-identity.ts";
import { callPages } from "../reads/calls/call-query.ts";
import { countCalls } from "../reads/calls/call-search.ts";
import { chatPages } from "../reads/chats/chat-query.ts";
import { messagePages } from "../reads/chats/message-query.ts";
import { tableRowPages } from "../reads/content/content-reads.ts";
import { foundObjectPages, objectPages } from "../reads/content/object-reads.ts";
import { exportPages } from "../reads/export/export-pages.ts";
import { feedbackPages } from "../reads/feedback/feedback-query.ts";
import { recordPages } from "../reads/records/record-pages.ts";
import { countRecords } from "../reads/records/record-search.ts";
import { statePages } from "../reads/records/state-query.ts";
import { spanPages } from "../reads/spans/span-query.ts";
import { threadPages } from "../reads/threads/thread-query.ts";
import { turnPages } from "../reads/turns/turn-query.ts";

/** How the worker is started. */
export interface ReaderData {
  file: string;
  files: DatabaseFiles;
  /** How long one read may hold its snapshot, in milliseconds. */
  snapshotMs: number;
}

/** The long reads: what each is asked, and what a batch of its answer is. */
interface Reads {
  threads: { query: ThreadQuery; batch: ThreadSummary[] };
  spans: { query: ConversationSpansQuery; batch: ConversationSpans[] };
  records: { query: ThreadSearch; batch: RecordBatch };
  recordCount: { query: ThreadFilter; batch: number };
  states: { query: HistoryQuery; batch: Checkpoint[] };
  chats: { query: ChatQuery; batch: ChatBatch };
  messages: { query: MessageQuery; batch: MessageBatch };
  turns: { query: TurnQuery; batch: TurnBatch };
  foundObjects: { query: ObjectKey[]; batch: FoundVersion[] };
  objects: { query: ObjectQuery; batch: ObjectVersion[] };
  rows: { query: TableQuery; batch: PlacedRow[] };
  feedback: { query: FeedbackQuery; batch: Feedback[] };
  calls: { query: CallQuery; batch: StoredCall[] };
  callCount: { query: CallFilter; batch: number };
  export: { query: string; batch: TransferBatch };
}

export type ReadName = keyof Reads;
export type ReadQuery<Name extends ReadName> = Reads[Name]["query"];
export type ReadBatch<Name extends ReadName> = Reads[Name]["batch"];

/** A long read. */
export interface ReaderRequest {
  name: ReadName;
  query: ReadQuery<ReadName>;
}

/** How each is done; all are done in one snapshot. */
const READS: { [Name in ReadName]: (db: Database, query: ReadQuery<Name>) => Steps<ReadBatch<Name>> } = {
  threads: threadPages,
  spans: spanPages,
  records: recordPages,
  recordCount: countRecords,
  states: statePages,
  chats: chatPages,
  messages: messagePages,
  turns: turnPages,
  foundObjects: foundObjectPages,
  objects: objectPages,
  rows: tableRowPages,
  feedback: feedbackPages,
  calls: callPages,
  callCount: countCalls,
  export: exportPages,
};

/** What a connection caches: small, since each read that is under way has a connection of its own. */
const CACHE_KIB = 1024;

/** Connections kept open for the next read. */
const MAX_IDLE = 4;

const { file, files, snapshotMs } = workerData as ReaderData;
const idle: Database[] = [];

/** Runs a read in one snapshot, on a connection of its own, for as long as a snapshot may be held. */
function* inSnapshot<Batch>(read: (db: Database) => Steps<Batch>): Steps<Batch> {
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

serveWorker<ReaderRequest, ReadBatch<ReadName> | typeof NOTHING_YET>({
  stream({ name, query }) {
    const read = READS[name] as (db: Database, query: ReadQuery<ReadName>) => Steps<ReadBatch<ReadName>>;
    return inSnapshot((db) => read(db, query));
  },
  // Connections are closed in order, rather than by what tears the thread down.
  end() {
    for (const db of idle) db.close();
  },
});
