import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import { create, fromBinary, type MessageInitShape, toBinary, toJson } from "@bufbuild/protobuf";
import { ExportTraceServiceRequestSchema } from "../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import type { SpanSchema } from "../gen/opentelemetry/proto/trace/v1/trace_pb.ts";
import { formatWeaveRef } from "../src/model/feedback/weave-ref.ts";
import { BENCH_PROJECT, EPOCH } from "./data.ts";

type SpanInit = MessageInitShape<typeof SpanSchema>;

const KIB = 1024;
const LARGEST = 256 * KIB;

/** A body and how it is sent. */
export interface Body {
  what: string;
  /** A path, or an RPC's. */
  path: string;
  transport: "http" | "grpc";
  contentType?: string;
  encoding?: "gzip";
  bytes: Uint8Array;
}

/** An export of as many bytes, in protobuf, of spans as agents send them. New ids each time. */
export function typicalExport(bytes: number): Uint8Array {
  const start = BigInt(EPOCH) * 1000n;
  return exportOf(bytes, (number) => ({
    traceId: randomBytes(16),
    spanId: randomBytes(8),
    name: "chat gpt-5.1",
    startTimeUnixNano: start + BigInt(number) * 1_000_000n,
    endTimeUnixNano: start + BigInt(number + 500) * 1_000_000n,
    attributes: [
      text("gen_ai.operation.name", "chat"),
      text("gen_ai.conversation.id", `exported-${number % 50}`),
      text("gen_ai.request.model", "gpt-5.1"),
      { key: "gen_ai.usage.input_tokens", value: { value: { case: "intValue", value: 900n } } },
      text("gen_ai.input.messages", messages("user", "Where is my order? ".repeat(20))),
      text(
        "gen_ai.output.messages",
        messages("assistant", "It left the warehouse this morning. ".repeat(10)),
      ),
    ],
  }));
}

/** Bodies of up to 256 KiB, the usual and the hardest. */
export function hardBodies(): Body[] {
  const typical = typicalExport(LARGEST);
  const dense = exportOf(LARGEST, () => ({ traceId: randomBytes(16), spanId: randomBytes(8) }));
  const otlp = { path: "/v1/traces", transport: "http", contentType: "application/x-protobuf" } as const;
  const grpc = { path: EXPORT_RPC, transport: "grpc" } as const;
  const json = { path: "/v1/traces", transport: "http" } as const;
  const query = { path: "/threads/stream_query", transport: "http" } as const;
  const feedback = { path: "/feedback/create", transport: "http" } as const;
  const ids = Array.from({ length: 40_000 }, (_, i) => `t${i}`.slice(0, 4));
  const keys = Array.from({ length: 30_000 }, (_, i) => `"${i.toString(36)}":1`);
  return [
    { ...otlp, what: "OTLP protobuf, usual spans", bytes: typical },
    { ...otlp, what: "OTLP protobuf, empty spans", bytes: dense },
    {
      ...otlp,
      what: "OTLP protobuf, gzip of 60 MiB",
      encoding: "gzip",
      bytes: gzipSync(Buffer.alloc(60 * KIB * KIB)),
    },
    {
      ...otlp,
      what: "OTLP protobuf, gzip of 4 MiB of usual spans",
      encoding: "gzip",
      bytes: gzipSync(typicalExport(4 * KIB * KIB)),
    },
    { ...json, what: "OTLP JSON, usual spans", bytes: toJsonExport(typicalExport(LARGEST * 0.85)) },
    { ...json, what: "OTLP JSON, 130 000 nested arrays", bytes: nested(130_000) },
    { ...grpc, what: "OTLP gRPC, usual spans", bytes: typical },
    { ...grpc, what: "OTLP gRPC, empty spans", bytes: dense },
    { ...query, what: "stream_query, 40 000 thread ids", bytes: jsonBody({ filter: { thread_ids: ids } }) },
    { ...query, what: "stream_query, 130 000 nested arrays", bytes: nested(130_000) },
    { ...query, what: "stream_query, 260 000 unclosed brackets", bytes: Buffer.from("[".repeat(260_000)) },
    {
      ...query,
      what: "stream_query, 87 000 empty objects",
      bytes: Buffer.from(`[${"{},".repeat(87_000)}{}]`),
    },
    { ...query, what: "stream_query, 30 000 unknown keys", bytes: Buffer.from(`{${keys.join(",")}}`) },
    { ...query, what: "stream_query, one long string", bytes: jsonBody({ sort_by: "\n".repeat(130_000) }) },
    {
      ...feedback,
      what: "feedback, payload of 250 KiB",
      bytes: feedbackBody({ text: "x".repeat(250 * KIB) }),
    },
    {
      ...feedback,
      what: "feedback, payload of 40 000 numbers",
      bytes: feedbackBody({ values: Array(40_000).fill(0.125) }),
    },
  ];
}

/** The RPC by which spans are exported. */
export const EXPORT_RPC = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

function exportOf(bytes: number, makeSpan: (number: number) => SpanInit): Uint8Array {
  const encode = (count: number) =>
    toBinary(
      ExportTraceServiceRequestSchema,
      create(ExportTraceServiceRequestSchema, {
        resourceSpans: [
          {
            resource: { attributes: [text("skein.project_id", `${BENCH_PROJECT}-exports`)] },
            scopeSpans: [{ spans: Array.from({ length: count }, (_, number) => makeSpan(number)) }],
          },
        ],
      }),
    );
  const spanBytes = encode(100).length / 100;
  return encode(Math.floor(bytes / spanBytes));
}

const HEX_IDS = new Set(["traceId", "spanId", "parentSpanId"]);

/** The same export in JSON, in which ids are hex. */
export function toJsonExport(protobuf: Uint8Array): Uint8Array {
  const message = fromBinary(ExportTraceServiceRequestSchema, protobuf);
  const json = toJson(ExportTraceServiceRequestSchema, message);
  return Buffer.from(
    JSON.stringify(json, (key, value) =>
      HEX_IDS.has(key) ? Buffer.from(value, "base64").toString("hex") : value,
    ),
  );
}

function text(key: string, value: string) {
  return { key, value: { value: { case: "stringValue" as const, value } } };
}

function messages(role: string, content: string): string {
  return JSON.stringify([{ role, parts: [{ type: "text", content }] }]);
}

function nested(depth: number): Uint8Array {
  return Buffer.from("[".repeat(depth) + "]".repeat(depth));
}

function jsonBody(fields: object): Uint8Array {
  return Buffer.from(JSON.stringify({ project_id: BENCH_PROJECT, ...fields }));
}

function feedbackBody(payload: object): Uint8Array {
  const weave_ref = formatWeaveRef(BENCH_PROJECT, { kind: "turn", id: "1".repeat(32) });
  return jsonBody({ weave_ref, feedback_type: "bench", payload });
}
