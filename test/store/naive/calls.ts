import {
  type CallFilter,
  type CallParts,
  type CallQuery,
  type CallSortField,
  changeCall,
  displayNameOf,
  keyOfChange,
  type StoredCall,
  spanOfCall,
} from "../../../src/model/call.ts";
import type { Span } from "../../../src/model/span.ts";
import type { CallReader, CallWriter } from "../../../src/store/store.ts";
import { compareText } from "./order.ts";
import type { NaiveData } from "./record-store.ts";

/** What has come of one call. */
export interface NaiveCall {
  projectId: string;
  callId: string;
  parts: CallParts;
}

/** Calls, each kept as its halves; its span stands among the versions of spans. */
export function createNaiveCalls(data: NaiveData, mustBeOpen: () => void): CallWriter & CallReader {
  const isSpanOf = (call: NaiveCall) => (span: Span) =>
    span.projectId === call.projectId && span.spanId === call.callId && span.call !== undefined;

  function matching(filter: CallFilter): StoredCall[] {
    return data.calls
      .filter(({ projectId }) => projectId === filter.projectId)
      .flatMap(({ parts }) => storedCall(parts) ?? [])
      .filter((call) => matches(call, filter));
  }

  return {
    async writeCalls(changes) {
      mustBeOpen();
      const touched = new Set<NaiveCall>();
      for (const change of changes) {
        const { projectId, callId } = keyOfChange(change);
        const known = data.calls.find((each) => each.projectId === projectId && each.callId === callId);
        const call = known ?? { projectId, callId, parts: { start: null, end: null, givenName: null } };
        if (!known) data.calls.push(call);
        call.parts = changeCall(call.parts, change);
        touched.add(call);
      }
      for (const call of touched) {
        const span = spanOfCall(call.parts);
        data.versions = data.versions
          .filter((version) => !isSpanOf(call)(version) && !(span && isSameSpan(version, span)))
          .concat(span ?? []);
      }
    },

    async deleteCalls({ projectId, callIds }) {
      mustBeOpen();
      const ofProject = data.calls.filter((call) => call.projectId === projectId && call.parts.start);
      const doomed = new Set(ofProject.filter(({ callId }) => callIds.includes(callId)));
      const named = new Set(callIds);
      for (let size = -1; size < doomed.size; ) {
        size = doomed.size;
        for (const call of ofProject) {
          if (named.has(call.parts.start!.parentId ?? "")) doomed.add(call);
        }
        for (const { callId } of doomed) named.add(callId);
      }
      data.calls = data.calls.filter((call) => !doomed.has(call));
      data.versions = data.versions.filter((span) => ![...doomed].some((call) => isSpanOf(call)(span)));
      data.feedback = data.feedback.filter(
        ({ projectId: of, target: { kind, id } }) =>
          of !== projectId || kind !== "call" || ![...doomed].some(({ callId }) => callId === id),
      );
      return [...doomed].map(({ callId }) => callId);
    },

    async *queryCalls(query, { signal } = {}) {
      mustBeOpen();
      signal?.throwIfAborted();
      const end = query.limit === null ? undefined : query.offset + query.limit;
      const found = matching(query).toSorted(orderOf(query)).slice(query.offset, end);
      yield found.map((call) => (query.documents ? call : { ...call, start: null, end: null }));
    },

    async countCalls(filter) {
      mustBeOpen();
      return matching(filter).length;
    },
  };
}

/** Whether two versions are of one span. */
export function isSameSpan(a: Span, b: Span): boolean {
  return a.projectId === b.projectId && a.traceId === b.traceId && a.spanId === b.spanId;
}

function storedCall(parts: CallParts): StoredCall | null {
  const { start, end } = parts;
  if (!start) return null;
  const { callId, traceId, parentId, opName, threadId, turnId, startedAt, userId, runId } = start;
  return {
    callId,
    traceId,
    parentId,
    opName,
    displayName: displayNameOf(parts),
    threadId,
    turnId,
    startedAt,
    endedAt: end?.endedAt ?? null,
    userId,
    runId,
    start: start.json,
    end: end?.json ?? null,
  };
}

function matches(call: StoredCall, filter: CallFilter): boolean {
  const isIn = (list: string[] | null, value: string | null) =>
    list === null || (value !== null && list.includes(value));
  return (
    isIn(filter.callIds, call.callId) &&
    isIn(filter.traceIds, call.traceId) &&
    isIn(filter.parentIds, call.parentId) &&
    isIn(filter.threadIds, call.threadId) &&
    isIn(filter.turnIds, call.turnId) &&
    isIn(filter.userIds, call.userId) &&
    isIn(filter.runIds, call.runId) &&
    (filter.opNames === null ||
      filter.opNames.some((name) =>
        name.endsWith(":*") ? call.opName.startsWith(name.slice(0, -1)) : name === call.opName,
      )) &&
    (!filter.rootsOnly || call.parentId === null)
  );
}

function orderOf({ sort }: CallQuery): (a: StoredCall, b: StoredCall) => number {
  const last = sort.at(-1)?.direction ?? "asc";
  const keys = [...sort, { field: "started_at", direction: last }, { field: "id", direction: last }] as const;
  return (a, b) => {
    for (const { field, direction } of keys) {
      const [x, y] = [sortValue(a, field), sortValue(b, field)];
      const sign = direction === "asc" ? 1 : -1;
      if (x === null || y === null) {
        if (x !== y) return x === null ? 1 : -1;
      } else {
        const order =
          typeof x === "number" && typeof y === "number" ? x - y : compareText(String(x), String(y));
        if (order !== 0) return sign * order;
      }
    }
    return 0;
  };
}

function sortValue(call: StoredCall, field: CallSortField): string | number | null {
  const values: Record<CallSortField, string | number | null> = {
    id: call.callId,
    trace_id: call.traceId,
    parent_id: call.parentId,
    op_name: call.opName,
    display_name: call.displayName,
    thread_id: call.threadId,
    turn_id: call.turnId,
    started_at: call.startedAt,
    ended_at: call.endedAt,
    wb_user_id: call.userId,
    wb_run_id: call.runId,
  };
  return values[field];
}
