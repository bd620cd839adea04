import type { StoredKey } from "../../../src/model/access/access-key.ts";
import type { CallEnd, CallStart } from "../../../src/model/calls/call.ts";
import type { ObjectVersion, StoredFile, TableDraft, TableRow } from "../../../src/model/content/content.ts";
import type { Feedback } from "../../../src/model/feedback/feedback.ts";
import type { Checkpoint, ThreadStatus, ThreadTtl } from "../../../src/model/threads/thread-record.ts";
import type { Span } from "../../../src/model/traces/span.ts";
import type { Message } from "../../../src/model/transcripts/message.ts";

/** Everything a naive store holds: lists of what came, of all projects together. */
export interface NaiveData {
  /** Every version of every span that no call has taken the place of. */
  versions: Span[];
  feedback: Feedback[];
  records: NaiveRecord[];
  calls: NaiveCall[];
  files: StoredFile[];
  objects: (ObjectVersion & { json: string })[];
  /** What is left of removed versions. */
  removals: { projectId: string; objectId: string; nextIndex: number }[];
  tables: TableDraft[];
  /** The values of objects and of rows. */
  documents: (TableRow & { projectId: string })[];
  keys: StoredKey[];
}

/** A thread that a client has made or changed. */
export interface NaiveRecord {
  projectId: string;
  threadId: string;
  madeAt: number;
  changedAt: number;
  stateChangedAt: number | null;
  status: ThreadStatus;
  metadata: string;
  ttl: ThreadTtl | null;
  /** The oldest first. */
  checkpoints: (Checkpoint & { step: number })[];
  /** The messages of the latest state, with the times they came at. */
  stateMessages: Message[];
  chat: NaiveChat;
}

/** What a thread has as a chat. */
export interface NaiveChat {
  projectType: string;
  title: string | null;
  tags: string[];
  documents: string;
  isArchived: boolean;
  isPinned: boolean;
  isReadonly: boolean;
  createdBy: string | null;
  modifiedBy: string | null;
  revision: number;
  messages: Message[];
}

/** What has come of one call. */
export interface NaiveCall {
  projectId: string;
  callId: string;
  start: CallStart | null;
  end: CallEnd | null;
  /** The name given to it later; empty for none. */
  givenName: string | null;
}

/** A store that holds nothing. */
export function noData(): NaiveData {
  return {
    versions: [],
    feedback: [],
    records: [],
    calls: [],
    files: [],
    objects: [],
    removals: [],
    tables: [],
    documents: [],
    keys: [],
  };
}
