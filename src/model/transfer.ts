import { InvalidRequestError } from "./base/errors.ts";
import type { Instant } from "./base/instant.ts";
import type { CallEnd, CallKey, CallStart } from "./calls/call.ts";
import type { ObjectVersion } from "./content/content.ts";
import type { Feedback } from "./feedback/feedback.ts";
import type { Checkpoint, ThreadRecord } from "./threads/thread-record.ts";
import type { Span } from "./traces/span.ts";
import type { ChatThread } from "./transcripts/chat-thread.ts";
import type { Message } from "./transcripts/message.ts";

/**
 * One thing that a project holds, by which it can be moved: what was written, and nothing that follows from it (turns,
 * statistics, counters, what an index holds). The project itself is named around it.
 */
export type TransferEntry =
  | TransferSpan
  | TransferCall
  | TransferFeedback
  | TransferThread
  | TransferCheckpoint
  | TransferMessage
  | TransferDocument
  | TransferObject
  | TransferRemoval
  | TransferTable
  | TransferFile;

/**
 * A span that is no call, in the version that won. Whether it is agent-level is not said yet: it follows from the name of
 * its operation (`wasAgentLevel`).
 */
type TransferSpan = { kind: "span" } & Omit<Span, "projectId" | "call" | "agentLevel">;

/** What has come of a call (`CallParts`), whether its start has or not. */
interface TransferCall {
  kind: "call";
  callId: string;
  start: Omit<CallStart, keyof CallKey> | null;
  end: Omit<CallEnd, keyof CallKey> | null;
  givenName: string | null;
}

type TransferFeedback = { kind: "feedback" } & Omit<Feedback, "projectId">;

/** A thread as clients left it; one that only spans have made has none. */
interface TransferThread extends Required<Pick<ThreadRecord, "threadId" | "status" | "ttl" | "metadata">> {
  kind: "thread";
  /** When a client created it or first changed it, and when one last changed it. */
  madeAt: Instant;
  changedAt: Instant;
  /** Null while nobody gave it a state. */
  stateChangedAt: Instant | null;
  chat: TransferChat;
}

/** What clients gave a thread as a chat. */
type TransferChat = Pick<
  ChatThread,
  | "projectType"
  | "title"
  | "tags"
  | "documents"
  | "isArchived"
  | "isPinned"
  | "isReadonly"
  | "createdBy"
  | "modifiedBy"
  | "revision"
>;

/** A state of a thread. */
interface TransferCheckpoint extends Omit<Checkpoint, "metadata"> {
  kind: "checkpoint";
  threadId: string;
  /** What its metadata are made of: see `checkpointMetadata`. */
  step: number;
  asNode: string | null;
  /** Of the latest state of a thread without appended messages: when each of its own (`stateMessages`) came, in order. */
  messageTimes: Instant[];
}

/** A message that was appended to a thread, after those that come before it. */
type TransferMessage = { kind: "message"; threadId: string } & Message;

/** The value of objects or rows of tables. */
interface TransferDocument {
  kind: "document";
  digest: string;
  json: string;
}

/** A version of an object; its value is the document of its digest. The greatest index is the latest. */
type TransferObject = { kind: "object" } & Omit<ObjectVersion, "projectId" | "json" | "isLatest">;

/** Left by removed versions of an object: the least index that its next version gets. */
interface TransferRemoval {
  kind: "removal";
  objectId: string;
  nextIndex: number;
}

/** A table, or a stretch of it; its rows are documents. */
export interface TransferTable {
  kind: "table";
  digest: string;
  rowDigests: string[];
  /** The entry after this one goes on with the same table. */
  continues: boolean;
}

/** A file, or a stretch of it. */
export interface TransferFile {
  kind: "file";
  digest: string;
  pieces: Uint8Array[];
  /** The entry after this one goes on with the same file. */
  continues: boolean;
}

/** The entries of one kind. */
export type EntryOf<Kind extends TransferEntry["kind"]> = Extract<TransferEntry, { kind: Kind }>;

/** Entries of each kind, in their order. */
export type EntriesByKind = { [Kind in TransferEntry["kind"]]?: EntryOf<Kind>[] };

/** The entries, apart by kind. */
export function entriesByKind(entries: TransferEntry[]): EntriesByKind {
  return Object.groupBy(entries, ({ kind }) => kind) as EntriesByKind;
}

/**
 * The files or tables of which entries are stretches: for each the stretches, in order.
 *
 * @throws InvalidRequestError when the end of one is missing
 */
export function wholesOf<Stretch extends TransferTable | TransferFile>(entries: Stretch[]): Stretch[][] {
  const wholes: Stretch[][] = [];
  let open: Stretch | null = null;
  for (const entry of entries) {
    if (open === null) wholes.push([entry]);
    else if (open.digest === entry.digest) wholes.at(-1)!.push(entry);
    else throw unfinished(open);
    open = entry.continues ? entry : null;
  }
  if (open !== null) throw unfinished(open);
  return wholes;
}

function unfinished({ kind, digest }: TransferTable | TransferFile): InvalidRequestError {
  return new InvalidRequestError([{ path: [kind, digest], message: "breaks off" }]);
}
