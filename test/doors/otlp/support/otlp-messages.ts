import { Buffer } from "node:buffer";
import { create, type MessageInitShape, toJson } from "@bufbuild/protobuf";
import {
  type ExportTraceServiceRequest,
  ExportTraceServiceRequestSchema,
} from "../../../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import {
  type AnyValue,
  AnyValueSchema,
  type KeyValue,
  KeyValueSchema,
} from "../../../../gen/opentelemetry/proto/common/v1/common_pb.ts";
import { type Span, SpanSchema } from "../../../../gen/opentelemetry/proto/trace/v1/trace_pb.ts";

/** What an attribute can be in these tests; a bigint is an int64, a number a double. */
export type Plain = string | boolean | bigint | number | Uint8Array | Plain[] | { [key: string]: Plain };

export function anyValue(plain: Plain): AnyValue {
  return create(AnyValueSchema, { value: contentOf(plain) });
}

function contentOf(plain: Plain): AnyValue["value"] {
  if (typeof plain === "string") return { case: "stringValue", value: plain };
  if (typeof plain === "boolean") return { case: "boolValue", value: plain };
  if (typeof plain === "bigint") return { case: "intValue", value: plain };
  if (typeof plain === "number") return { case: "doubleValue", value: plain };
  if (plain instanceof Uint8Array) return { case: "bytesValue", value: plain };
  const list: MessageInitShape<typeof AnyValueSchema>["value"] = Array.isArray(plain)
    ? { case: "arrayValue", value: { values: plain.map(anyValue) } }
    : { case: "kvlistValue", value: { values: keyValues(plain) } };
  return create(AnyValueSchema, { value: list }).value;
}

export function keyValues(attributes: Record<string, Plain>): KeyValue[] {
  return Object.entries(attributes).map(([key, value]) => keyValue(key, value));
}

export function keyValue(key: string, value: Plain): KeyValue {
  return create(KeyValueSchema, { key, value: anyValue(value) });
}

/** An id of `size` bytes that ends in `number`. */
export function id(size: number, number: number): Uint8Array {
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32BE(number, size - 4);
  return new Uint8Array(bytes);
}

/** A span of a second, ended, with the given attributes; its ids come from `number`. */
export function span(
  attributes: Record<string, Plain> = {},
  rest: MessageInitShape<typeof SpanSchema> = {},
  number = 1,
): Span {
  return create(SpanSchema, {
    traceId: id(16, number),
    spanId: id(8, number),
    name: "work",
    startTimeUnixNano: 1_700_000_000_000_000_000n,
    endTimeUnixNano: 1_700_000_001_000_000_000n,
    attributes: keyValues(attributes),
    ...rest,
  });
}

/** An export of one resource and one scope. */
export function exportOf(spans: Span[], resource: Record<string, Plain> = {}): ExportTraceServiceRequest {
  return create(ExportTraceServiceRequestSchema, {
    resourceSpans: [
      { resource: { attributes: keyValues(resource) }, scopeSpans: [{ scope: { name: "test" }, spans }] },
    ],
  });
}

/** The export in OTLP's JSON, whose ids are hex. */
export function otlpJson(request: ExportTraceServiceRequest): string {
  const json = toJson(ExportTraceServiceRequestSchema, request, { enumAsInteger: true });
  return JSON.stringify(json, (key, value: unknown) =>
    /^(traceId|spanId|parentSpanId)$/.test(key) && typeof value === "string"
      ? Buffer.from(value, "base64").toString("hex")
      : value,
  );
}
