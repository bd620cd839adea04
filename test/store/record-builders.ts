import type {
  HistoryQuery,
  StateChange,
  StateQuery,
  StateUpdate,
  ThreadDraft,
  ThreadFilter,
  ThreadKeyAt,
  ThreadPatch,
  ThreadSearch,
} from "../../src/model/threads/thread-record.ts";
import { NOW, PROJECT } from "./builders.ts";

/** The thread of the builders' requests, unless a test says otherwise. */
const THREAD = "thread";

/** A UUID of version 7 made of a small number; a greater number gives a greater id. */
export function uuid(number: number): string {
  return `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`;
}

/** The builders' thread, now. */
export function key(given: Partial<ThreadKeyAt> = {}): ThreadKeyAt {
  return { projectId: PROJECT, threadId: THREAD, now: NOW, ...given };
}

/** A thread without metadata, but for what the test says. */
export function draft(given: Partial<ThreadDraft> = {}): ThreadDraft {
  return { ...key(), metadata: "{}", ttl: null, states: [], ifExists: "raise", ...given };
}

/** A patch that changes what the test says. */
export function patch(given: Partial<ThreadPatch> = {}): ThreadPatch {
  return { ...key(), metadata: null, ttl: null, status: null, ...given };
}

/** A state that changes what the test says. */
export function change(given: Partial<StateChange> = {}): StateChange {
  return {
    checkpointId: uuid(1),
    updates: [],
    status: null,
    next: null,
    tasks: null,
    interrupts: null,
    asNode: null,
    ...given,
  };
}

/** A state for the builders' thread, with these updates of its values. */
export function state(updates: string[], given: Partial<StateUpdate & StateChange> = {}): StateUpdate {
  const { projectId, threadId, now, baseId, ...changed } = { ...key(), baseId: null, ...given };
  return { projectId, threadId, now, baseId, change: change({ updates, ...changed }) };
}

/** Asks for the latest state of the builders' thread, but for what the test says. */
export function stateQuery(given: Partial<StateQuery> = {}): StateQuery {
  return { ...key(), checkpointId: null, ...given };
}

/** Asks for all states of the builders' thread, but for what the test says. */
export function historyQuery(given: Partial<HistoryQuery> = {}): HistoryQuery {
  return { ...key(), limit: null, before: null, from: null, metadata: null, ...given };
}

/** A filter that all threads of the project pass, but for what the test says. */
export function filter(given: Partial<ThreadFilter> = {}): ThreadFilter {
  return {
    projectId: PROJECT,
    now: NOW,
    threadIds: null,
    metadata: null,
    values: null,
    status: null,
    uuidsOnly: false,
    ...given,
  };
}

/** A search for all threads of the project by id, with their total and no documents, but for what the test says. */
export function search(given: Partial<ThreadSearch> = {}): ThreadSearch {
  return {
    ...filter(),
    sortBy: "thread_id",
    sortOrder: "asc",
    limit: null,
    offset: 0,
    after: null,
    documents: [],
    extract: [],
    withTotal: true,
    ...given,
  };
}
