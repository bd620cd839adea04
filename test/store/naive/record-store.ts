import type { HistoryQuery, StateQuery, ThreadKeyAt } from "../../../src/model/threads/thread-record.ts";
import type { Span } from "../../../src/model/traces/span.ts";
import { AlreadyExistsError, NotFoundError } from "../../../src/store/errors.ts";
import type {
  RecordReader,
  RecordWriter,
  StateReader,
  StateWriter,
  ThreadSweeper,
  WholeRecord,
} from "../../../src/store/roles/records.ts";
import { contains } from "./contains.ts";
import type { NaiveData, NaiveRecord } from "./data.ts";
import type { Plain } from "./plain.ts";
import { threadsOf } from "./project.ts";
import { matchingRecords, searchRecords } from "./record-search.ts";
import {
  addState,
  applyPatch,
  asSeen,
  draftedRecord,
  hasExpired,
  isGone,
  keepLatest,
  newRecord,
  wholeRecord,
} from "./records.ts";
import { transcriptOf } from "./transcripts.ts";

type Roles = RecordWriter & StateWriter & RecordReader & StateReader & ThreadSweeper;

/** Threads as documents, worked out anew for each answer. */
export interface NaiveRecords extends Plain<Roles> {
  /** Removes the threads whose time is up and of which `holds` says so, until there are no more. */
  expireWhere(now: number, holds: (record: NaiveRecord) => boolean): void;
  /** All threads of a project that are there, as readers see them. */
  seen(projectId: string, now: number): WholeRecord[];
}

export function createNaiveRecords(data: NaiveData): NaiveRecords {
  const find = (projectId: string, threadId: string) =>
    data.records.find((each) => each.projectId === projectId && each.threadId === threadId);

  /** What is there of a thread by now, after its TTL. */
  function settle({ projectId, threadId, now }: ThreadKeyAt) {
    const record = find(projectId, threadId);
    if (record && hasExpired(record, now)) expire(record, now);
    return { record: find(projectId, threadId), spans: threadsOf(projectId, data.versions).get(threadId) };
  }

  function expire(record: NaiveRecord, now: number): void {
    if (record.ttl?.strategy === "delete") remove(record.projectId, record.threadId);
    else Object.assign(record, asSeen(record, now));
  }

  /** The record of a thread that is there; one is made where only spans were. */
  function mustSettle(key: ThreadKeyAt): NaiveRecord {
    const { record, spans } = settle(key);
    if (record) return record;
    if (!spans) throw new NotFoundError(`Thread with ID ${key.threadId} not found`);
    const { createdAt } = wholeRecord(key.threadId, record, spans);
    const made = newRecord(key.projectId, key.threadId, createdAt);
    return { ...made, changedAt: key.now };
  }

  function keep(record: NaiveRecord): WholeRecord {
    const { projectId, threadId } = record;
    if (!find(projectId, threadId)) data.records.push(record);
    return wholeRecord(threadId, record, threadsOf(projectId, data.versions).get(threadId));
  }

  function remove(projectId: string, threadId: string): void {
    const threads = threadsOf(projectId, data.versions);
    const spans = (threads.get(threadId)?.spans ?? []).map(({ span }) => span);
    const others = [...threads].flatMap(([id, thread]) => (id === threadId ? [] : thread.spans));
    const othersTraces = new Set(others.map(({ span }) => span.traceId));
    const gone = new Set(spans.map(identity));
    const [spanIds, traceIds] = [spans.map((span) => span.spanId), spans.map((span) => span.traceId)];
    data.records = data.records.filter((each) => each !== find(projectId, threadId));
    data.versions = data.versions.filter((span) => span.projectId !== projectId || !gone.has(identity(span)));
    data.calls = data.calls.filter(
      (call) => call.projectId !== projectId || call.start?.threadId !== threadId,
    );
    data.feedback = data.feedback.filter(({ projectId: of, target: { kind, id } }) => {
      if (of !== projectId) return true;
      if (kind === "conversation") return id !== threadId;
      if (kind === "turn") return !traceIds.includes(id) || othersTraces.has(id);
      return kind === "other" || !spanIds.includes(id);
    });
  }

  function seen(projectId: string, now: number): WholeRecord[] {
    const threads = threadsOf(projectId, data.versions);
    const records = data.records.filter((each) => each.projectId === projectId);
    const ids = new Set([...threads.keys(), ...records.map(({ threadId }) => threadId)]);
    return [...ids].flatMap((threadId) => {
      const record = find(projectId, threadId);
      if (isGone(record, now)) return [];
      return [wholeRecord(threadId, record && asSeen(record, now), threads.get(threadId))];
    });
  }

  function statesSeen({ projectId, threadId, now }: StateQuery | HistoryQuery) {
    if (!seen(projectId, now).some((each) => each.threadId === threadId)) {
      throw new NotFoundError(`Thread with ID ${threadId} not found`);
    }
    const record = find(projectId, threadId);
    const states = record ? asSeen(record, now).checkpoints : [];
    return states.map(({ step: _, ...checkpoint }) => checkpoint).toReversed();
  }

  /** Runs a write; one that fails changes nothing. */
  function write<Result>(change: () => Result): Result {
    const { versions, feedback, calls } = data;
    const records = structuredClone(data.records);
    try {
      return change();
    } catch (error) {
      Object.assign(data, { versions, feedback, records, calls });
      throw error;
    }
  }

  return {
    seen,

    expireWhere(now, holds) {
      for (;;) {
        const record = data.records.find((each) => isGone(each, now) && holds(each));
        if (!record) return;
        remove(record.projectId, record.threadId);
      }
    },

    createThread: (draft) =>
      write(() => {
        const { record, spans } = settle(draft);
        if (!record) return { thread: keep(draftedRecord(draft)), created: true };
        if (draft.ifExists === "do_nothing") {
          return { thread: wholeRecord(draft.threadId, record, spans), created: false };
        }
        throw new AlreadyExistsError(`Thread with ID ${draft.threadId} already exists`);
      }),

    patchThread: (patch) =>
      write(() => {
        const record = mustSettle(patch);
        applyPatch(record, patch);
        return keep(record);
      }),

    deleteThread: (key) =>
      write(() => {
        const record = mustSettle(key);
        const { messages } = transcriptOf(record, threadsOf(key.projectId, data.versions).get(key.threadId));
        remove(key.projectId, key.threadId);
        return { messages: messages.length };
      }),

    copyThread: (key, copyId) =>
      write(() => {
        const { metadata, checkpoints, stateMessages, chat } = mustSettle(key);
        const { record } = settle({ ...key, threadId: copyId });
        if (record || copyId === key.threadId) {
          throw new AlreadyExistsError(`Thread with ID ${copyId} already exists`);
        }
        const copied = checkpoints.map((each) => ({ ...each }));
        const flags = { isArchived: false, isPinned: false, isReadonly: false, revision: 1 };
        const copiedChat = { ...chat, ...flags, messages: [...chat.messages] };
        const made = newRecord(key.projectId, copyId, key.now);
        return keep({ ...made, metadata, checkpoints: copied, stateMessages, chat: copiedChat });
      }),

    pruneThreads({ projectId, threadIds, strategy, now }) {
      const known = [...new Set(threadIds)].filter((threadId) => {
        const { record, spans } = settle({ projectId, threadId, now });
        return record || spans;
      });
      for (const threadId of known) {
        const record = find(projectId, threadId);
        if (strategy === "delete") remove(projectId, threadId);
        else if (record) keepLatest(record);
      }
      return known.length;
    },

    setState: ({ baseId, change, ...key }) =>
      write(() => {
        const record = mustSettle(key);
        const checkpoint = addState(record, baseId, change, key.now);
        keep(record);
        return checkpoint;
      }),

    sweepExpired(now, limit) {
      const expired = data.records
        .filter((record) => hasExpired(record, now))
        .toSorted((a, b) => a.ttl!.expiresAt - b.ttl!.expiresAt)
        .slice(0, limit);
      for (const record of expired) expire(record, now);
      return expired.length;
    },

    getThread({ projectId, threadId, now }) {
      return seen(projectId, now).find((each) => each.threadId === threadId) ?? null;
    },

    searchThreads(search) {
      return [searchRecords(seen(search.projectId, search.now), search)];
    },

    countThreads(filter) {
      return matchingRecords(seen(filter.projectId, filter.now), filter).length;
    },

    getState(query) {
      const states = statesSeen(query);
      if (query.checkpointId === null) return states[0] ?? null;
      const found = states.find(({ checkpointId }) => checkpointId === query.checkpointId);
      if (!found) throw new NotFoundError(`Checkpoint with ID ${query.checkpointId} not found`);
      return found;
    },

    listStates(query) {
      const { before, from, metadata, limit } = query;
      const states = statesSeen(query)
        .filter(({ checkpointId }) => before === null || checkpointId < before)
        .filter(({ checkpointId }) => from === null || checkpointId <= from)
        .filter((state) => metadata === null || contains(state.metadata, metadata))
        .slice(0, limit ?? undefined);
      return states.length > 0 ? [states] : [];
    },
  };
}

function identity({ traceId, spanId }: Span): string {
  return JSON.stringify([traceId, spanId]);
}
