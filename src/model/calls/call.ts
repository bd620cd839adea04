import type { Instant } from "../base/instant.ts";
import type { Expression, FieldPath } from "../query/expression/expression.ts";
import type { SortDirection } from "../query/sort-direction.ts";
import type { Span, SpanMessage } from "../traces/span.ts";

/** What says which call is meant: calls are told apart by project and id. */
export interface CallKey {
  projectId: string;
  callId: string;
}

/** The first half of a call: what is known when it begins. */
export interface CallStart extends CallKey {
  traceId: string;
  /** Null for a root. */
  parentId: string | null;
  /** A ref of an op, or free text. */
  opName: string;
  displayName: string | null;
  /** The thread and the turn the call is part of; it inherits neither. */
  threadId: string | null;
  turnId: string | null;
  startedAt: Instant;
  userId: string | null;
  runId: string | null;
  /** The model it asks. */
  model: string | null;
  /** User messages found in its inputs, those a transcript can need. */
  messages: SpanMessage[];
  /** The refs in its inputs, each once. */
  refs: string[];
  /** The half as it came: a JSON object as text. */
  json: string;
}

/** The second half: what is known when it ended. */
export interface CallEnd extends CallKey {
  endedAt: Instant;
  failed: boolean;
  /** A name that came with the end, which replaces the start's. */
  displayName: string | null;
  model: string | null;
  inputTokens: number | null;
  outputTokens: number | null;
  /** Assistant messages found in its output. */
  messages: SpanMessage[];
  /** Where there are none, the text in its output: an answer if the call is a turn, else it may be anything. */
  bareText?: string;
  /** The refs in its output, each once. */
  refs: string[];
  json: string;
}

/** A half of a call, or a new name for it. Each replaces what came of its kind before. */
export type CallChange =
  | { kind: "start"; start: CallStart }
  | { kind: "end"; end: CallEnd }
  | { kind: "complete"; start: CallStart; end: CallEnd }
  | ({ kind: "rename"; displayName: string } & CallKey);

/** The project and id of the call that a change is of. */
export function keyOfChange(change: CallChange): CallKey {
  if (change.kind === "rename") return change;
  return change.kind === "end" ? change.end : change.start;
}

/** Which calls to remove, with all below them. */
export interface CallDeletion {
  projectId: string;
  callIds: string[];
  now: Instant;
}

/** What the halves say, without their documents. */
export type SaidStart = Omit<CallStart, "json">;
export type SaidEnd = Omit<CallEnd, "json">;

/** What has come of one call, in whatever order. Without a start it is invisible. */
export interface CallParts<Start = SaidStart, End = SaidEnd> {
  start: Start | null;
  end: End | null;
  /** The name given to it later; empty for none. */
  givenName: string | null;
}

/** The parts after a change. */
export function changeCall<Start, End>(
  parts: CallParts<Start | CallStart, End | CallEnd>,
  change: CallChange,
): CallParts<Start | CallStart, End | CallEnd> {
  switch (change.kind) {
    case "start":
      return { ...parts, start: change.start };
    case "end":
      return { ...parts, end: change.end };
    case "complete":
      return { ...parts, start: change.start, end: change.end };
    case "rename":
      return { ...parts, givenName: change.displayName };
  }
}

/** The name people see, if the call has one of its own. */
export function displayNameOf({ start, end, givenName }: CallParts): string | null {
  return (givenName ?? end?.displayName ?? start?.displayName) || null;
}

const OP_REF = /^weave:\/\/\/[^/]+\/[^/]+\/(?:op|object)\/([^:/]+)(?::|$)/;

/** The name of an op: that in its ref, else the text itself. */
export function opShortName(opName: string): string {
  return OP_REF.exec(opName)?.[1] ?? opName;
}

/** Whether a call is a turn of its thread. */
function isTurn({ callId, threadId, turnId }: SaidStart): boolean {
  return Boolean(threadId) && turnId === callId;
}

function answersOf(start: SaidStart, end: SaidEnd | null): SpanMessage[] {
  if (end?.bareText === undefined || !isTurn(start)) return end?.messages ?? [];
  return [{ role: "assistant", text: end.bareText, json: JSON.stringify(end.bareText) }];
}

/** A call has no bytes of its own; shared, so that it is digested once. */
const NO_BYTES = new Uint8Array();

/** The span that a call is; null while its start has not come. Its documents stay with the call. */
export function spanOfCall(parts: CallParts): Span | null {
  const { start, end } = parts;
  if (!start) return null;
  const name = opShortName(start.opName);
  return {
    projectId: start.projectId,
    traceId: start.traceId,
    spanId: start.callId,
    parentSpanId: start.parentId,
    name: displayNameOf(parts) ?? name,
    operationName: name,
    // It says itself whether it is a turn, so that its op never decides.
    agentLevel: false,
    status: end === null ? "UNSET" : end.failed ? "ERROR" : "OK",
    startedAt: start.startedAt,
    startedAtNanos: 0,
    endedAt: end?.endedAt ?? null,
    endedAtNanos: 0,
    threadClaim: start.threadId ? { threadId: start.threadId, rank: 0, key: "thread_id" } : null,
    isTurn: isTurn(start),
    agentName: null,
    model: end?.model ?? start.model,
    inputTokens: end?.inputTokens ?? null,
    outputTokens: end?.outputTokens ?? null,
    messages: [...start.messages, ...answersOf(start, end)],
    payload: NO_BYTES,
    origin: NO_BYTES,
    call: { turnId: start.turnId },
  };
}

/** The spans of calls that begin, as far as their starts tell. */
export function spansOfStarts(changes: CallChange[]): Span[] {
  return changes.flatMap((change) =>
    "start" in change ? (spanOfCall({ start: change.start, end: null, givenName: null }) ?? []) : [],
  );
}

/** An order of calls: by a field of `CALL_FIELDS` or what is inside it. */
export interface CallSort {
  path: FieldPath;
  direction: SortDirection;
}

/** Which calls; conditions are joined by AND, null asks nothing. */
export interface CallFilter {
  projectId: string;
  /** When it is asked: calls of threads whose time is up by then are hidden. */
  now: Instant;
  callIds: string[] | null;
  traceIds: string[] | null;
  parentIds: string[] | null;
  threadIds: string[] | null;
  turnIds: string[] | null;
  /** Whole names; one that ends in `:*` means every version of an op. */
  opNames: string[] | null;
  userIds: string[] | null;
  runIds: string[] | null;
  /** Refs of which one is in the inputs; one that ends in `:*` means every version of what it names. */
  inputRefs: string[] | null;
  /** The same of the output. */
  outputRefs: string[] | null;
  /** Only calls without a parent. */
  rootsOnly: boolean;
  /** What must hold of the call's fields (`callFields`). */
  expression: Expression | null;
}

/** Asks for calls. */
export interface CallQuery extends CallFilter {
  /** The most significant first; ties go by start and id in the last one's direction (`callOrder`). */
  sort: CallSort[];
  /** Null means no limit. */
  limit: number | null;
  offset: number;
  /** Whether to read the halves' documents. */
  documents: boolean;
}

/** A call as reads return it. */
export interface StoredCall {
  callId: string;
  traceId: string;
  parentId: string | null;
  opName: string;
  displayName: string | null;
  threadId: string | null;
  turnId: string | null;
  startedAt: Instant;
  endedAt: Instant | null;
  userId: string | null;
  runId: string | null;
  /** The documents; null where they were not asked for, or have not come. */
  start: string | null;
  end: string | null;
}
