import {
  type CallEnd,
  type CallFilter,
  type CallParts,
  type CallStart,
  changeCall,
  displayNameOf,
  keyOfChange,
  type StoredCall,
  spanOfCall,
} from "../../../src/model/calls/call.ts";
import { callFields } from "../../../src/model/calls/call-fields.ts";
import { callOrder } from "../../../src/model/calls/call-order.ts";
import { holds } from "../../../src/model/query/expression/expression.ts";
import type { Span } from "../../../src/model/traces/span.ts";
import type { CallReader, CallWriter } from "../../../src/store/roles/calls.ts";
import type { NaiveData } from "./record-store.ts";
import { isGone } from "./records.ts";

/** What has come of one call. */
export interface NaiveCall {
  projectId: string;
  callId: string;
  parts: CallParts<CallStart, CallEnd>;
}

interface NaiveCalls extends CallWriter, CallReader {
  /** The calls of some ids with all calls below them. */
  withBelow(which: { projectId: string; callIds: string[] }): Set<NaiveCall>;
}

/** Calls, each kept as its halves; its span stands among the versions of spans. */
export function createNaiveCalls(data: NaiveData, mustBeOpen: () => void): NaiveCalls {
  const isSpanOf = (call: NaiveCall) => (span: Span) =>
    span.projectId === call.projectId && span.spanId === call.callId && span.call !== undefined;

  function matching(filter: CallFilter): StoredCall[] {
    return data.calls
      .filter(({ projectId }) => projectId === filter.projectId)
      .filter(({ parts }) => isVersionIn(filter.inputRefs, parts.start?.refs ?? []))
      .filter(({ parts }) => isVersionIn(filter.outputRefs, parts.end?.refs ?? []))
      .flatMap(({ parts }) => storedCall(parts) ?? [])
      .filter((call) => !isHidden(filter.projectId, call.threadId, filter.now))
      .filter((call) => matches(call, filter));
  }

  /** Whether a thread's time is up, and all of it with it. */
  function isHidden(projectId: string, threadId: string | null, now: number): boolean {
    return data.records.some(
      (record) => record.projectId === projectId && record.threadId === threadId && isGone(record, now),
    );
  }

  function withBelow({ projectId, callIds }: { projectId: string; callIds: string[] }): Set<NaiveCall> {
    const ofProject = data.calls.filter((call) => call.projectId === projectId && call.parts.start);
    const found = new Set(ofProject.filter(({ callId }) => callIds.includes(callId)));
    const named = new Set(callIds);
    for (let size = -1; size < found.size; ) {
      size = found.size;
      for (const call of ofProject) {
        if (named.has(call.parts.start!.parentId ?? "")) found.add(call);
      }
      for (const { callId } of found) named.add(callId);
    }
    return found;
  }

  return {
    withBelow,

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
      const doomed = withBelow({ projectId, callIds });
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
      const { placeOf, compare } = callOrder(query.sort);
      const found = matching(query)
        .toSorted((a, b) => compare(placeOf(a), placeOf(b)))
        .slice(query.offset, end);
      yield found.map((call) => (query.documents ? call : { ...call, start: null, end: null }));
    },

    async countCalls(filter, { signal } = {}) {
      mustBeOpen();
      signal?.throwIfAborted();
      return matching(filter).length;
    },
  };
}

/** Whether two versions are of one span. */
export function isSameSpan(a: Span, b: Span): boolean {
  return a.projectId === b.projectId && a.traceId === b.traceId && a.spanId === b.spanId;
}

function storedCall(parts: CallParts<CallStart, CallEnd>): StoredCall | null {
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
    isVersionIn(filter.opNames, [call.opName]) &&
    (!filter.rootsOnly || call.parentId === null) &&
    (filter.expression === null || holds(filter.expression, callFields(call)))
  );
}

/** Whether one of some names is asked for, itself or in every version. */
function isVersionIn(list: string[] | null, names: string[]): boolean {
  if (list === null) return true;
  return names.some((name) =>
    list.some((wanted) => (wanted.endsWith(":*") ? name.startsWith(wanted.slice(0, -1)) : name === wanted)),
  );
}
