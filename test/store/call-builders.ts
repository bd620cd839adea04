import type { CallEnd, CallQuery, CallStart, StoredCall } from "../../src/model/calls/call.ts";
import type { CallReader } from "../../src/store/roles/calls.ts";
import { NOW, PROJECT } from "./builders.ts";

/** The start of a root call of the trace "trace" in no thread, but for what the test says. */
export function start(callId: string, given: Partial<CallStart> = {}): CallStart {
  return {
    projectId: PROJECT,
    callId,
    traceId: "trace",
    parentId: null,
    opName: "op",
    displayName: null,
    threadId: null,
    turnId: null,
    startedAt: 1_000,
    userId: null,
    runId: null,
    model: null,
    messages: [],
    refs: [],
    json: `{"id":"${callId}","n":1.0}`,
    ...given,
  };
}

/** The end of a call that went well, 2 ms after the epoch, but for what the test says. */
export function end(callId: string, given: Partial<CallEnd> = {}): CallEnd {
  return {
    projectId: PROJECT,
    callId,
    endedAt: 2_000,
    failed: false,
    displayName: null,
    model: null,
    inputTokens: null,
    outputTokens: null,
    messages: [],
    refs: [],
    json: `{"output":"${callId}"}`,
    ...given,
  };
}

/** A query for all calls of the builders' project, but for what the test says. */
export function callQuery(given: Partial<CallQuery> = {}): CallQuery {
  return {
    projectId: PROJECT,
    now: NOW,
    callIds: null,
    traceIds: null,
    parentIds: null,
    threadIds: null,
    turnIds: null,
    opNames: null,
    userIds: null,
    runIds: null,
    inputRefs: null,
    outputRefs: null,
    rootsOnly: false,
    expression: null,
    sort: [],
    limit: null,
    offset: 0,
    documents: false,
    ...given,
  };
}

/** All calls that a query finds. */
export async function readCalls(store: CallReader, given: Partial<CallQuery> = {}): Promise<StoredCall[]> {
  return (await Array.fromAsync(store.queryCalls(callQuery(given)))).flat();
}
