import { Buffer } from "node:buffer";
import {
  type Span as OtlpSpan,
  Status_StatusCode,
} from "../../../gen/opentelemetry/proto/trace/v1/trace_pb.ts";
import { cutText } from "../../model/base/cut-text.ts";
import { MAX_ID_BYTES } from "../../model/base/ids.ts";
import { type Instant, MAX_INSTANT } from "../../model/base/instant.ts";
import type { Span, SpanStatus } from "../../model/traces/span.ts";
import { type Attributes, attributesOf, firstCount, firstText, text } from "./attributes.ts";
import type { DialectTables } from "./dialects/tables.ts";
import { messagesOf } from "./messages.ts";
import { limitSpan } from "./span-limits.ts";
import { isTurnOf, threadClaimOf } from "./thread-claim.ts";

/** What a span shares with the other spans of its group. */
export interface SpanGroup {
  projectId: string;
  origin: Uint8Array;
}

/**
 * What the model keeps of an OpenTelemetry span; a string is the reason why the span is refused.
 *
 * @param bytes the span's own encoding, copied into the payload.
 * @param tables what dialects the span is read in.
 */
export function extractSpan(
  span: OtlpSpan,
  bytes: Uint8Array,
  group: SpanGroup,
  tables: DialectTables,
): Span | string {
  const refusal = refusalOf(span);
  if (refusal !== null) return refusal;

  const attributes = attributesOf(span.attributes);
  const operationName = operationNameOf(attributes, span.name, tables);
  const started = toInstant(span.startTimeUnixNano);
  const ended = span.endTimeUnixNano === 0n ? null : toInstant(span.endTimeUnixNano);
  return {
    projectId: group.projectId,
    traceId: hex(span.traceId),
    spanId: hex(span.spanId),
    parentSpanId: isNonZero(span.parentSpanId) ? hex(span.parentSpanId) : null,
    name: shorten(span.name),
    operationName: shorten(operationName),
    agentLevel: tables.agentOperations.has(operationName),
    status: statusOf(span),
    startedAt: started.instant,
    startedAtNanos: started.nanos,
    endedAt: ended?.instant ?? null,
    endedAtNanos: ended?.nanos ?? 0,
    threadClaim: threadClaimOf(attributes, tables),
    isTurn: isTurnOf(attributes, tables),
    agentName: shortenOrNull(agentNameOf(attributes, span.name, tables)),
    model: shortenOrNull(firstText(attributes, tables.modelKeys)),
    inputTokens: firstCount(attributes, tables.inputTokenKeys) ?? usageOf(attributes, "input", tables),
    outputTokens: firstCount(attributes, tables.outputTokenKeys) ?? usageOf(attributes, "output", tables),
    messages: messagesOf(attributes, operationName, tables),
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

function operationNameOf(attributes: Attributes, name: string, tables: DialectTables): string {
  for (const { key, lowerCase } of tables.operationKeys) {
    const said = text(attributes, key);
    if (said !== null) return lowerCase ? said.toLowerCase() : said;
  }
  const word = name.split(" ", 1)[0] ?? "";
  return tables.operationsInNames.has(word) ? word : "";
}

function agentNameOf(attributes: Attributes, name: string, tables: DialectTables): string | null {
  return firstText(attributes, tables.agentKeys) ?? agentIn(name, tables);
}

function agentIn(name: string, { agentPrefixes }: DialectTables): string | null {
  const prefix = agentPrefixes.find((each) => name.startsWith(each));
  return (prefix !== undefined && name.slice(prefix.length).trim()) || null;
}

function usageOf(attributes: Attributes, side: "input" | "output", { usages }: DialectTables): number | null {
  for (const usage of usages) {
    const count = usage(attributes, side);
    if (count !== null) return count;
  }
  return null;
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
