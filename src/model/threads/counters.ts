import type { IdKind } from "./id-kind.ts";
import type { ThreadStatus } from "./thread-record.ts";

/** What of a thread decides where it counts, and for how much. */
export interface CountedThread {
  /** Null while the thread is no record: then it counts nowhere. */
  idKind: IdKind | null;
  status: ThreadStatus;
  projectType: string;
  isArchived: boolean;
  /** Messages of its transcript. */
  messages: number;
  /** By `totalTokens`. */
  tokens: number | null;
}

/** By how much the number of a project's records of one kind and status changes. */
export interface RecordCountChange {
  idKind: IdKind;
  status: ThreadStatus;
  records: 1 | -1;
}

/** By how much what the chats of a project, of one type, archived or not, add up to changes. */
export interface ChatCountChange {
  projectType: string;
  isArchived: boolean;
  threads: number;
  messages: number;
  tokens: number;
  /** Threads whose tokens are known. */
  withTokens: number;
}

/** The tokens of a thread: those its messages tell, else those of its spans; null where neither is known. */
export function totalTokens(thread: {
  messageTokens: number | null;
  inputTokens: number;
  outputTokens: number;
}): number | null {
  const ofSpans = thread.inputTokens + thread.outputTokens;
  return thread.messageTokens ?? (ofSpans === 0 ? null : ofSpans);
}

/** What a change of a thread does to the numbers of records. */
export function recordCountChanges(before: CountedThread, after: CountedThread): RecordCountChange[] {
  if (before.idKind === after.idKind && before.status === after.status) return [];
  const changes: RecordCountChange[] = [];
  if (before.idKind !== null) changes.push({ idKind: before.idKind, status: before.status, records: -1 });
  if (after.idKind !== null) changes.push({ idKind: after.idKind, status: after.status, records: 1 });
  return changes;
}

/** What a change of a thread does to the sums of chats: one change where it stays in its place, else one for each. */
export function chatCountChanges(before: CountedThread, after: CountedThread): ChatCountChange[] {
  const isThere = after.idKind !== null;
  const stays =
    isThere &&
    before.idKind !== null &&
    before.projectType === after.projectType &&
    before.isArchived === after.isArchived;
  if (!stays) {
    return [
      ...(before.idKind === null ? [] : [chatCount(before, -1)]),
      ...(isThere ? [chatCount(after, 1)] : []),
    ];
  }
  const messages = after.messages - before.messages;
  const tokens = (after.tokens ?? 0) - (before.tokens ?? 0);
  const withTokens = Number(after.tokens !== null) - Number(before.tokens !== null);
  if (messages === 0 && tokens === 0 && withTokens === 0) return [];
  const { projectType, isArchived } = after;
  return [{ projectType, isArchived, threads: 0, messages, tokens, withTokens }];
}

/** All that a thread counts for, added or taken away. */
function chatCount(thread: CountedThread, sign: 1 | -1): ChatCountChange {
  const { projectType, isArchived, messages, tokens } = thread;
  return {
    projectType,
    isArchived,
    threads: sign,
    messages: sign * messages,
    tokens: sign * (tokens ?? 0),
    withTokens: sign * Number(tokens !== null),
  };
}
