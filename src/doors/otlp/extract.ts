import { Buffer } from "node:buffer";
import {
  type Span as OtlpSpan,
  Status_StatusCode,
} from "../../../gen/opentelemetry/proto/trace/v1/trace_pb.ts";
import { cutText } from "../../model/base/cut-text.ts";
import { MAX_ID_BYTES } from "../../model/base/ids.ts";
import { type Instant, MAX_INSTANT } from "../../model/base/instant.ts";
import { isPlainObject } from "../../model/json/plain.ts";
import type { Span, SpanStatus } from "../../model/traces/span.ts";
import { parseIfJson } from "../genai/find-messages.ts";
import { type Attributes, attributesOf, firstCount, firstText, text, wholeNumber } from "./attributes.ts";
import { messagesOf } from "./messages.ts";
import { limitSpan } from "./span-limits.ts";
import { isTurnOf, threadClaimOf } from "./thread-claim.ts";

/** What a span shares with the other spans of its group. */
export interface SpanGroup {
  projectId: string;
  origin: Uint8Array;
}

/** Lower-cased: these libraries write their kinds in capitals. */
const KIND_KEYS = [
  "openinference.span.kind",
  "traceloop.span.kind",
  "langsmith.span.kind",
  "langfuse.observation.type",
];

/** Operations that a span's name can start with, by OpenTelemetry's conventions for generative AI. */
const KNOWN_OPERATIONS = new Set([
  "chat",
  "invoke_agent",
  "execute_tool",
  "generate_content",
  "text_completion",
  "embeddings",
  "create_agent",
  "retrieval",
]);

const MODEL_KEYS = [
  "gen_ai.response.model",
  "gen_ai.request.model",
  "llm.model_name",
  "ai.response.model",
  "ai.model.id",
  "langfuse.observation.model.name",
];

const INPUT_TOKEN_KEYS = [
  "gen_ai.usage.input_tokens",
  "gen_ai.usage.prompt_tokens",
  "llm.token_count.prompt",
  "ai.usage.inputTokens",
];

const OUTPUT_TOKEN_KEYS = [
  "gen_ai.usage.output_tokens",
  "gen_ai.usage.completion_tokens",
  "llm.token_count.completion",
  "ai.usage.outputTokens",
];

/**
 * What the model keeps of an OpenTelemetry span; a string is the reason why the span is refused.
 *
 * @param bytes the span's own encoding, copied into the payload.
 */
export function extractSpan(span: OtlpSpan, bytes: Uint8Array, group: SpanGroup): Span | string {
  const refusal = refusalOf(span);
  if (refusal !== null) return refusal;

  const attributes = attributesOf(span.attributes);
  const operationName = operationNameOf(attributes, span.name);
  const started = toInstant(span.startTimeUnixNano);
  const ended = span.endTimeUnixNano === 0n ? null : toInstant(span.endTimeUnixNano);
  return {
    projectId: group.projectId,
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: isNonZero(span.parentSpanId) ? hex(span.parentSpanId) : null,
    name: shorten(span.name),
    operationName: shorten(operationName),
    status: statusOf(span),
    startedAt: started.instant,
    startedAtNanos: started.nanos,
    endedAt: ended?.instant ?? null,
    endedAtNanos: ended?.nanos ?? 0,
    threadClaim: threadClaimOf(attributes),
    isTurn: isTurnOf(attributes),
    agentName: shortenOrNull(agentNameOf(attributes, span.name)),
    model: shortenOrNull(firstText(attributes, MODEL_KEYS)),
    inputTokens: firstCount(attributes, INPUT_TOKEN_KEYS) ?? langfuseTokens(attributes, "input"),
    outputTokens: firstCount(attributes, OUTPUT_TOKEN_KEYS) ?? langfuseTokens(attributes, "output"),
    messages: messagesOf(attributes, operationName),
    payload: limitSpan(span, bytes),
    origin: group.origin,
  };
}

function refusalOf(span: OtlpSpan): string | null {
  if (span.traceId.length !== 16) return "trace_id is not 16 bytes long";
  if (!isNonZero(span.traceId)) return "trace_id is zero";
  if (span.spanId.length !== 8) return "span_id is not 8 bytes long";
  if (!isNonZero(span.spanId)) return "span_id is zero";
  if (span.parentSpanId.length !== 8 && isNonZero(span.parentSpanId))
    return "parent_span_id is not 8 bytes long";
  if (span.startTimeUnixNano === 0n) return "start_time_unix_nano is 0";
  if (isTooLate(span.startTimeUnixNano)) return "start_time_unix_nano is past the year 2255";
  if (isTooLate(span.endTimeUnixNano)) return "end_time_unix_nano is past the year 2255";
  return null;
}

function isTooLate(nanoseconds: bigint): boolean {
  return nanoseconds / 1000n > BigInt(MAX_INSTANT);
}

function toInstant(nanoseconds: bigint): { instant: Instant; nanos: number } {
  return { instant: Number(nanoseconds / 1000n), nanos: Number(nanoseconds % 1000n) };
}

function isNonZero(id: Uint8Array): boolean {
  return id.some((byte) => byte !== 0);
}

function hex(id: Uint8Array): string {
  return Buffer.from(id.buffer, id.byteOffset, id.length).toString("hex");
}

function operationNameOf(attributes: Attributes, name: string): string {
  const said = firstText(attributes, ["weave.operation.name", "gen_ai.operation.name"]);
  if (said !== null) return said;
  const kind = firstText(attributes, KIND_KEYS);
  if (kind !== null) return kind.toLowerCase();
  return text(attributes, "ai.operationId") ?? knownOperationIn(name);
}

function knownOperationIn(name: string): string {
  const word = name.split(" ", 1)[0] ?? "";
  return KNOWN_OPERATIONS.has(word) ? word : "";
}

function agentNameOf(attributes: Attributes, name: string): string | null {
  const inName = name.startsWith("invoke_agent ") ? name.slice("invoke_agent ".length).trim() : "";
  return firstText(attributes, ["gen_ai.agent.name", "agent.name"]) ?? (inName || null);
}

/** Langfuse's SDK puts the counts into one JSON object. */
function langfuseTokens(attributes: Attributes, name: "input" | "output"): number | null {
  const details = parseIfJson(text(attributes, "langfuse.observation.usage_details") ?? "");
  const count = isPlainObject(details) ? details[name] : null;
  return typeof count === "number" ? wholeNumber(count) : null;
}

function statusOf(span: OtlpSpan): SpanStatus {
  switch (span.status?.code) {
    case Status_StatusCode.OK:
      return "OK";
    case Status_StatusCode.ERROR:
      return "ERROR";
    default:
      return "UNSET";
  }
}

/**
 * A name as the model has it. A longer one than an index holds is cut, not refused: it only describes the span, whose
 * payload has it whole.
 */
function shorten(name: string): string {
  return cutText(name, MAX_ID_BYTES);
}

function shortenOrNull(name: string | null): string | null {
  return name === null ? null : shorten(name);
}
