import type {
  Checkpoint,
  StateChange,
  ThreadDraft,
  ThreadPatch,
  ThreadTtl,
} from "../../../src/model/threads/thread-record.ts";
import { NotFoundError } from "../../../src/store/errors.ts";
import type { WholeRecord } from "../../../src/store/roles/records.ts";
import type { NaiveChat, NaiveRecord } from "./data.ts";
import { merged, parsed, printed } from "./json.ts";
import type { NaiveThread } from "./project.ts";
import { messagesOfState } from "./state-messages.ts";
import { checkpointMetadata, stateId, updated } from "./states.ts";
import { summarize } from "./threads.ts";
import { afterMinutes, nextRound } from "./time.ts";

const NEW_CHAT: NaiveChat = {
  projectType: "general",
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
    record.metadata = printed(merged(parsed(record.metadata), parsed(metadata)));
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
  const values = change.updates.reduce(
    (state, update) => updated(state, parsed(update)),
    base ? parsed(base.values) : new Map(),
  );
  const step = base ? base.step + 1 : 0;
  const checkpoint = {
    checkpointId: stateId(change.checkpointId, latest?.checkpointId),
    parentId: base?.checkpointId ?? null,
    createdAt: now,
    values: printed(values),
    next: change.next ?? base?.next ?? [],
    tasks: change.tasks ?? base?.tasks ?? "[]",
    interrupts: change.interrupts ?? base?.interrupts ?? "{}",
    metadata: checkpointMetadata(step, change.asNode),
  };
  record.checkpoints.push({ ...checkpoint, step });
  const before = record.stateMessages;
  const cameAt = (id: string) => before.find(({ messageId }) => messageId === id)?.createdAt ?? now;
  record.stateMessages = messagesOfState(values, cameAt);
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
    ttl: ttl && { ...ttl, expiresAt: nextRound(ttl.expiresAt, ttl.minutes, now) },
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
  return ttl && { ...ttl, expiresAt: afterMinutes(ttl.minutes, now) };
}
