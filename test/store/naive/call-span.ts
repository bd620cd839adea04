import type { CallChange, CallKey } from "../../../src/model/calls/call.ts";
import type { Span, SpanMessage } from "../../../src/model/traces/span.ts";
import type { NaiveCall } from "./data.ts";

/** The call that a change is of. */
export function keyOf(change: CallChange): CallKey {
  if (change.kind === "start" || change.kind === "complete") return change.start;
  return change.kind === "end" ? change.end : change;
}

/** Puts a half, both, or a name in the place of what came of its kind before. */
export function applyChange(call: NaiveCall, change: CallChange): void {
  if (change.kind === "start" || change.kind === "complete") call.start = change.start;
  if (change.kind === "end" || change.kind === "complete") call.end = change.end;
  if (change.kind === "rename") call.givenName = change.displayName;
}

/** The name people see: of those given to it later, with its end and with its start the first; null where it is empty. */
export function displayName({ start, end, givenName }: NaiveCall): string | null {
  const name = givenName ?? end?.displayName ?? start?.displayName ?? null;
  return name === "" ? null : name;
}

/** The name of an op: that in `weave:///entity/project/op/NAME:digest`, else the text itself. */
export function opName(text: string): string {
  if (!text.startsWith("weave:///")) return text;
  const [entity, project, kind, named = "", ...rest] = text.slice("weave:///".length).split("/");
  const [name, ...version] = named.split(":");
  const isRef = entity && project && (kind === "op" || kind === "object") && name;
  return isRef && (version.length > 0 || rest.length === 0) ? name : text;
}

/** The span that a call is; none before its start has come. */
export function spanOf(call: NaiveCall): Span[] {
  const { start, end } = call;
  if (!start) return [];
  const isTurn = (start.threadId ?? "") !== "" && start.turnId === start.callId;
  return [
    {
      projectId: call.projectId,
      traceId: start.traceId,
      spanId: call.callId,
      parentSpanId: start.parentId,
      name: displayName(call) ?? opName(start.opName),
      operationName: opName(start.opName),
      agentLevel: false,
      status: end ? (end.failed ? "ERROR" : "OK") : "UNSET",
      startedAt: start.startedAt,
      startedAtNanos: 0,
      endedAt: end ? end.endedAt : null,
      endedAtNanos: 0,
      threadClaim: start.threadId ? { threadId: start.threadId, rank: 0, key: "thread_id" } : null,
      isTurn,
      agentName: null,
      model: end?.model ?? start.model,
      inputTokens: end ? end.inputTokens : null,
      outputTokens: end ? end.outputTokens : null,
      messages: [...start.messages, ...answers(call, isTurn)],
      payload: new Uint8Array(),
      origin: new Uint8Array(),
      call: { turnId: start.turnId },
    },
  ];
}

/** What a call answers: text that may be anything is an answer of a turn only. */
function answers({ end }: NaiveCall, isTurn: boolean): SpanMessage[] {
  const text = end?.bareText;
  if (text === undefined || !isTurn) return end ? end.messages : [];
  return [{ role: "assistant", text, json: JSON.stringify(text) }];
}
