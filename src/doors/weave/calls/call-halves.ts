import { cutText } from "../../../model/base/cut-text.ts";
import { MAX_ID_BYTES } from "../../../model/base/ids.ts";
import type { Instant } from "../../../model/base/instant.ts";
import { createUuid } from "../../../model/base/uuid.ts";
import type { CallEnd, CallStart } from "../../../model/calls/call.ts";
import { memberText } from "../../../model/json/members.ts";
import { isPlainObject, type PlainDocument } from "../../../model/json/plain.ts";
import type { DefaultRole } from "../../../model/transcripts/message-content.ts";
import { type FoundMessage, findMessages, messagesInText } from "../../genai/find-messages.ts";
import { chosenMessages, saidBy } from "../../genai/span-messages.ts";
import { refsIn } from "./call-refs.ts";
import type { EndedBody, StartedBody } from "./call-requests.ts";

/** The first half of a call; what it leaves out of its identity is made up. `json` is the half as it came. */
export function toCallStart(body: StartedBody, json: string, now: Instant): CallStart {
  const callId = body.id || createUuid(now);
  const isTurn = Boolean(body.thread_id) && body.turn_id === callId;
  const { model } = body.inputs;
  const inputs = { text: memberText(json, "inputs")!, value: body.inputs };
  return {
    projectId: body.project_id,
    callId,
    traceId: body.trace_id || createUuid(now),
    parentId: body.parent_id || null,
    opName: body.op_name,
    displayName: body.display_name,
    threadId: body.thread_id || null,
    turnId: body.turn_id || null,
    startedAt: body.started_at,
    userId: body.wb_user_id,
    runId: body.wb_run_id,
    model: typeof model === "string" && !model.startsWith("weave://") ? nameOf(model) : null,
    messages: chosenMessages(messagesIn(inputs, "user", isTurn), []),
    refs: refsIn(inputs),
    json: oneLine(json),
  };
}

/** The second half of a call. */
export function toCallEnd(body: Omit<EndedBody, "id">, callId: string, json: string): CallEnd {
  const text = memberText(json, "output");
  // An op that gives nothing back has said nothing.
  const output = text === undefined || body.output === null ? null : { text, value: body.output };
  return {
    projectId: body.project_id,
    callId,
    endedAt: body.ended_at,
    failed: Boolean(body.exception),
    displayName: body.display_name,
    ...usageIn(body.summary),
    ...(output ? answersIn(output) : { messages: [] }),
    refs: output ? refsIn(output) : [],
    json: oneLine(json),
  };
}

/** The answers in an output, or the text that may be one. */
function answersIn(output: PlainDocument): Pick<CallEnd, "messages" | "bareText"> {
  const found = messagesIn(output, "assistant", true);
  const answers = found.filter(({ saysRole }) => saysRole);
  if (answers.length > 0) return { messages: chosenMessages([], answers) };
  const [bare] = chosenMessages([], found);
  return { messages: [], ...(bare && { bareText: bare.text }) };
}

/**
 * The role's messages in a document. Bare text, which says no role, is one only where the call is known to be a turn:
 * elsewhere it may be anything.
 */
function messagesIn(document: PlainDocument, role: DefaultRole, bareText: boolean): FoundMessage[] {
  const isScalar = typeof document.value !== "object" || document.value === null;
  const found = isScalar ? messagesInText(document.text, role) : findMessages(document, role);
  return saidBy(role, found).filter(({ saysRole, text }) => saysRole || (bareText && text !== ""));
}

/** The same JSON without line breaks, which stand between its values only: answers are a line each. */
function oneLine(json: string): string {
  return /[\n\r]/.test(json) ? json.replaceAll(/[\n\r]+/g, " ") : json;
}

/** What a summary says of models and tokens: an entry a model. */
function usageIn(summary: Record<string, unknown>): Pick<CallEnd, "model" | "inputTokens" | "outputTokens"> {
  const usage = isPlainObject(summary.usage) ? Object.entries(summary.usage) : [];
  const models = usage.map(([model]) => model);
  const sum = (...names: string[]) =>
    usage.reduce<number | null>((total, [, counts]) => {
      const counted = names.map((name) => countIn(counts, name)).filter((count) => count !== null);
      return counted.length === 0 ? total : (total ?? 0) + Math.max(...counted);
    }, null);
  return {
    model: models.length === 1 ? nameOf(models[0]!) : null,
    inputTokens: sum("input_tokens", "prompt_tokens"),
    outputTokens: sum("output_tokens", "completion_tokens"),
  };
}

/** The name of a model. A longer one than an index holds is cut: the half has it whole, and the call is worth keeping. */
function nameOf(model: string): string {
  return cutText(model.toWellFormed(), MAX_ID_BYTES);
}

function countIn(counts: unknown, name: string): number | null {
  const count = isPlainObject(counts) ? counts[name] : null;
  return Number.isSafeInteger(count) && (count as number) >= 0 ? (count as number) : null;
}
