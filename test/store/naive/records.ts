import { parseJsonObject } from "../../../src/model/json/parse.ts";
import { printJson } from "../../../src/model/json/print.ts";
import type { JsonObject } from "../../../src/model/json/value.ts";
import { checkpointMetadata, laterId } from "../../../src/model/threads/checkpoint.ts";
import { mergeObjects, updateState } from "../../../src/model/threads/state-update.ts";
import type {
  Checkpoint,
  StateChange,
  ThreadDraft,
  ThreadPatch,
  ThreadStatus,
  ThreadTtl,
} from "../../../src/model/threads/thread-record.ts";
import { expiryOf, nextExpiry } from "../../../src/model/threads/ttl.ts";
import { DEFAULT_PROJECT_TYPE } from "../../../src/model/transcripts/chat-thread.ts";
import type { Message } from "../../../src/model/transcripts/message.ts";
import { messageList, stateMessages } from "../../../src/model/transcripts/state-transcript.ts";
import { NotFoundError } from "../../../src/store/errors.ts";
import type { WholeRecord } from "../../../src/store/roles/records.ts";
import type { NaiveThread } from "./project.ts";
import { summarize } from "./threads.ts";

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
  /** The messages of the latest state. */
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

const NEW_CHAT: NaiveChat = {
  projectType: DEFAULT_PROJECT_TYPE,
  title: null,
  tags: [],
  documents: "{}",
  isArchived: false,
  isPinned: false,
  isReadonly: false,
  createdBy: null,
  modifiedBy: null,
  revision: 1,
  messages: [],
};

/** A record made at a time. */
export function newRecord(projectId: string, threadId: string, now: number): NaiveRecord {
  return {
    projectId,
    threadId,
    madeAt: now,
    changedAt: now,
    stateChangedAt: null,
    status: "idle",
    metadata: "{}",
    ttl: null,
    checkpoints: [],
    stateMessages: [],
    chat: { ...NEW_CHAT, messages: [] },
  };
}

export function draftedRecord(draft: ThreadDraft): NaiveRecord {
  const { projectId, threadId, metadata, ttl, states, now } = draft;
  parsed(metadata);
  const record = { ...newRecord(projectId, threadId, now), metadata, ttl: ttlFrom(ttl, now) };
  for (const state of states) addState(record, null, state, now);
  return record;
}

/** Changes a record as a patch says. */
export function applyPatch(record: NaiveRecord, { metadata, ttl, status, now }: ThreadPatch): void {
  if (metadata !== null) {
    record.metadata = printJson(mergeObjects(parsed(record.metadata), parsed(metadata)));
  }
  record.ttl = ttlFrom(ttl, now) ?? record.ttl;
  record.status = status ?? record.status;
  record.changedAt = Math.max(record.changedAt, now);
}

/** Adds a state to a record. */
export function addState(
  record: NaiveRecord,
  baseId: string | null,
  change: StateChange,
  now: number,
): Checkpoint {
  const latest = record.checkpoints.at(-1);
  const base =
    baseId === null ? latest : record.checkpoints.find(({ checkpointId }) => checkpointId === baseId);
  if (baseId !== null && !base) throw new NotFoundError(`Checkpoint with ID ${baseId} not found`);
  const values = change.updates.reduce<JsonObject | null>(
    (state, update) => updateState(state, parsed(update), []),
    base ? parsed(base.values) : null,
  );
  const step = base ? base.step + 1 : 0;
  const checkpoint = {
    checkpointId: laterId(change.checkpointId, latest?.checkpointId ?? null),
    parentId: base?.checkpointId ?? null,
    createdAt: now,
    values: printJson(values ?? new Map()),
    next: change.next ?? base?.next ?? [],
    tasks: change.tasks ?? base?.tasks ?? "[]",
    interrupts: change.interrupts ?? base?.interrupts ?? "{}",
    metadata: checkpointMetadata(step, change.asNode),
  };
  record.checkpoints.push({ ...checkpoint, step });
  const times = new Map(record.stateMessages.map(({ messageId, createdAt }) => [messageId, createdAt]));
  const list = messageList(parsed(checkpoint.values));
  record.stateMessages = stateMessages(list, 0, (messageId) => times.get(messageId) ?? now).map(
    ({ listed: _, ...message }) => message,
  );
  record.status = change.status ?? record.status;
  record.changedAt = Math.max(record.changedAt, now);
  record.stateChangedAt = Math.max(record.stateChangedAt ?? now, now);
  return checkpoint;
}

/** Drops all states but the latest. */
export function keepLatest(record: NaiveRecord): void {
  record.checkpoints = record.checkpoints.slice(-1).map((latest) => ({ ...latest, parentId: null }));
}

/** Whether the time of a record is up. */
export function hasExpired(record: NaiveRecord | undefined, now: number): boolean {
  return record?.ttl ? record.ttl.expiresAt <= now : false;
}

/** Whether the time of a record is up, and all of it with it. */
export function isGone(record: NaiveRecord | undefined, now: number): boolean {
  return record?.ttl?.strategy === "delete" && hasExpired(record, now);
}

/** A record as readers see it while its time, if it is up, takes its history only. */
export function asSeen(record: NaiveRecord, now: number): NaiveRecord {
  if (!hasExpired(record, now)) return record;
  const { ttl } = record;
  const seen = {
    ...record,
    ttl: ttl && { ...ttl, expiresAt: nextExpiry(ttl.expiresAt, ttl.minutes, now) },
  };
  keepLatest(seen);
  return seen;
}

/** What readers get of a thread; at least one of both there must be. */
export function wholeRecord(
  threadId: string,
  record: NaiveRecord | undefined,
  spans: NaiveThread | undefined,
): WholeRecord {
  const summary = spans && spans.turns.length > 0 ? summarize(spans) : null;
  const firstSpan = spans && Math.min(...spans.spans.map(({ span }) => span.startedAt));
  const createdAt = record?.madeAt ?? summary?.startTime ?? firstSpan!;
  const latest = record?.checkpoints.at(-1);
  return {
    threadId,
    createdAt,
    updatedAt: Math.max(record?.changedAt ?? createdAt, summary?.lastUpdated ?? createdAt),
    stateUpdatedAt: record?.stateChangedAt ?? createdAt,
    status: record?.status ?? "idle",
    ttl: record?.ttl ?? null,
    metadata: record?.metadata ?? "{}",
    values: latest?.values ?? null,
    interrupts: latest?.interrupts ?? "{}",
  };
}

function ttlFrom(ttl: ThreadDraft["ttl"], now: number): ThreadTtl | null {
  return ttl && { ...ttl, expiresAt: expiryOf(ttl.minutes, now) };
}

function parsed(text: string): JsonObject {
  return parseJsonObject(text, []);
}
