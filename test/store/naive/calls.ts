import type { CallFilter, StoredCall } from "../../../src/model/calls/call.ts";
import type { Span } from "../../../src/model/traces/span.ts";
import type { CallReader, CallWriter } from "../../../src/store/roles/calls.ts";
import { isInDocument, readCall } from "./call-fields.ts";
import { applyChange, displayName, keyOf, spanOf } from "./call-span.ts";
import type { NaiveCall, NaiveData } from "./data.ts";
import { comparePlaces, holds } from "./expression.ts";
import { compareText, directed } from "./order.ts";
import type { Plain } from "./plain.ts";
import { isGone } from "./records.ts";

interface NaiveCalls extends Plain<CallWriter & CallReader> {
  /** The calls of some ids with all calls below them. */
  withBelow(which: { projectId: string; callIds: string[] }): Set<NaiveCall>;
}

/** Calls, each kept as its halves; its span stands among the versions of spans. */
export function createNaiveCalls(data: NaiveData): NaiveCalls {
  const isSpanOf = (call: NaiveCall) => (span: Span) =>
    span.projectId === call.projectId && span.spanId === call.callId && span.call !== undefined;

  function matching(filter: CallFilter): StoredCall[] {
    return data.calls
      .filter(({ projectId }) => projectId === filter.projectId)
      .filter(({ start }) => isVersionIn(filter.inputRefs, start?.refs ?? []))
      .filter(({ end }) => isVersionIn(filter.outputRefs, end?.refs ?? []))
      .flatMap(storedCall)
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
    const ofProject = data.calls.filter((call) => call.projectId === projectId && call.start);
    const found = new Set(ofProject.filter(({ callId }) => callIds.includes(callId)));
    const named = new Set(callIds);
    for (let size = -1; size < found.size; ) {
      size = found.size;
      for (const call of ofProject) {
        if (named.has(call.start!.parentId ?? "")) found.add(call);
      }
      for (const { callId } of found) named.add(callId);
    }
    return found;
  }

  return {
    withBelow,

    writeCalls(changes) {
      const touched = new Set<NaiveCall>();
      for (const change of changes) {
        const { projectId, callId } = keyOf(change);
        const known = data.calls.find((each) => each.projectId === projectId && each.callId === callId);
        const call = known ?? { projectId, callId, start: null, end: null, givenName: null };
        if (!known) data.calls.push(call);
        applyChange(call, change);
        touched.add(call);
      }
      for (const call of touched) {
        const spans = spanOf(call);
        data.versions = data.versions
          .filter((version) => !isSpanOf(call)(version) && !spans.some((span) => isSameSpan(version, span)))
          .concat(spans);
      }
    },

    deleteCalls({ projectId, callIds }) {
      const doomed = withBelow({ projectId, callIds });
      data.calls = data.calls.filter((call) => !doomed.has(call));
      data.versions = data.versions.filter((span) => ![...doomed].some((call) => isSpanOf(call)(span)));
      data.feedback = data.feedback.filter(
        ({ projectId: of, target: { kind, id } }) =>
          of !== projectId || kind !== "call" || ![...doomed].some(({ callId }) => callId === id),
      );
      return [...doomed].map(({ callId }) => callId);
    },

    queryCalls(query) {
      const { sort, offset, limit, documents } = query;
      const found = matching(query).toSorted((a, b) => {
        for (const { path, direction } of sort) {
          const [x, y] = [readCall(a, path), readCall(b, path)];
          const order = comparePlaces(x, y, direction, isInDocument(path));
          if (order !== 0) return order;
        }
        const order = a.startedAt - b.startedAt || compareText(a.callId, b.callId);
        return directed(order, sort.at(-1)?.direction ?? "asc");
      });
      const page = found.slice(offset, limit === null ? undefined : offset + limit);
      return [page.map((call) => (documents ? call : { ...call, start: null, end: null }))];
    },

    countCalls: (filter) => matching(filter).length,
  };
}

/** Whether two versions are of one span. */
export function isSameSpan(a: Span, b: Span): boolean {
  return a.projectId === b.projectId && a.traceId === b.traceId && a.spanId === b.spanId;
}

/** A call as readers see it; none before its start has come. */
function storedCall(call: NaiveCall): StoredCall[] {
  const { start, end } = call;
  if (!start) return [];
  const { callId, traceId, parentId, opName, threadId, turnId, startedAt, userId, runId } = start;
  const said = { callId, traceId, parentId, opName, threadId, turnId, startedAt, userId, runId };
  const endedAt = end ? end.endedAt : null;
  return [
    { ...said, displayName: displayName(call), endedAt, start: start.json, end: end ? end.json : null },
  ];
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
    (filter.expression === null || holds(filter.expression, (path) => readCall(call, path)))
  );
}

/** Whether one of some names is asked for, itself or in every version. */
function isVersionIn(list: string[] | null, names: string[]): boolean {
  if (list === null) return true;
  return names.some((name) =>
    list.some((wanted) => (wanted.endsWith(":*") ? name.startsWith(wanted.slice(0, -1)) : name === wanted)),
  );
}
