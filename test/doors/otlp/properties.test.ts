import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type ExportTraceServiceRequest,
  ExportTraceServiceRequestSchema,
} from "../../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import {
  ResourceSpansSchema,
  ScopeSpansSchema,
  type Span,
  Span_EventSchema,
  SpanSchema,
  type Status_StatusCode,
  StatusSchema,
} from "../../../gen/opentelemetry/proto/trace/v1/trace_pb.ts";
import { decodeInChunks } from "../../../src/doors/otlp/decode-in-chunks.ts";
import { TABLES } from "../../../src/doors/otlp/dialects/tables.ts";
import { extractSpan } from "../../../src/doors/otlp/extract.ts";
import { decodeExport } from "./support/decode-export.ts";
import { exportOf, keyValue, otlpJson, type Plain, span } from "./support/otlp-messages.ts";

/** Text as protobuf can carry it: of whole characters. */
const text = fc.string({ unit: "binary", maxLength: 20 }).map((value) => value.toWellFormed());

/** JSON as text, so that documents of every shape reach the dialects that read them. */
const document = fc.oneof(
  fc.json(),
  fc
    .array(fc.record({ role: fc.constantFrom("user", "assistant", "tool"), content: fc.jsonValue() }))
    .map((messages) => JSON.stringify({ messages })),
);

const { plain } = fc.letrec<{ plain: Plain }>((tie) => ({
  plain: fc.oneof(
    { depthSize: "small" },
    text,
    document,
    fc.boolean(),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.double(),
    fc.uint8Array({ maxLength: 8 }),
    fc.array(tie("plain"), { maxLength: 4 }),
    fc.dictionary(text, tie("plain"), { maxKeys: 4 }),
  ),
}));

/** Keys that extraction reads, and others. */
const key = fc.oneof(
  text,
  fc.constantFrom(
    "thread_id",
    "session.id",
    "wandb.is_turn",
    "gen_ai.operation.name",
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.prompt",
    "gen_ai.completion",
    "input.value",
    "output.value",
    "ai.prompt.messages",
    "langfuse.observation.input",
    "langfuse.observation.usage_details",
    "traceloop.entity.output",
    "gen_ai.usage.input_tokens",
    "gen_ai.response.model",
  ),
  fc
    .tuple(
      fc.constantFrom("gen_ai.prompt.", "gen_ai.completion."),
      fc.oneof(fc.nat(), text),
      fc.constantFrom("role", "content", "tool_calls.0.name"),
    )
    .map(([before, index, field]) => `${before}${index}.${field}`),
  fc
    .tuple(fc.nat(3), fc.constantFrom("role", "content", "contents.0.message_content.text"))
    .map(([index, field]) => `llm.input_messages.${index}.message.${field}`),
);

const attributes = fc.array(
  fc.tuple(key, plain).map(([name, value]) => keyValue(name, value)),
  { maxLength: 8 },
);

const time = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

/** Spans of every kind, most of them good. */
const anySpan: fc.Arbitrary<Span> = fc
  .record({
    number: fc.integer({ min: 0, max: 1000 }),
    parent: fc.constantFrom(0, 8, 8, 8, 3),
    name: fc.oneof(text, fc.constantFrom("chat gpt", "invoke_agent A")),
    startTimeUnixNano: fc.oneof(fc.constant(1_700_000_000_000_000_001n), time),
    endTimeUnixNano: fc.oneof(fc.constant(0n), time),
    code: fc.integer({ min: 0, max: 2 }),
    attributes,
    eventAttributes: attributes,
  })
  .map(({ number, parent, code, eventAttributes, ...rest }) =>
    span(
      {},
      {
        ...rest,
        parentSpanId: new Uint8Array(parent).fill(7),
        status: create(StatusSchema, { code: code as Status_StatusCode }),
        events: [create(Span_EventSchema, { name: "e", attributes: eventAttributes })],
      },
      number,
    ),
  );

/** Exports of several resources and scopes. */
const anyExport: fc.Arbitrary<ExportTraceServiceRequest> = fc
  .array(fc.array(fc.array(anySpan, { maxLength: 4 }), { maxLength: 3 }), { maxLength: 3 })
  .map((resources) =>
    create(ExportTraceServiceRequestSchema, {
      resourceSpans: resources.map((scopes, index) => ({
        ...exportOf([], { "skein.project_id": `p${index}` }).resourceSpans[0]!,
        scopeSpans: scopes.map((spans) => create(ScopeSpansSchema, { spans })),
      })),
    }),
  );

function bodyOf(request: ExportTraceServiceRequest): Uint8Array {
  return toBinary(ExportTraceServiceRequestSchema, request);
}

test("extraction never throws, and what it keeps has the model's shape", () => {
  fc.assert(
    fc.property(anySpan, (message) => {
      const group = { projectId: "p", origin: new Uint8Array() };
      const result = extractSpan(message, toBinary(SpanSchema, message), group, TABLES);
      if (typeof result === "string") return;
      expect(Number.isSafeInteger(result.startedAt)).toBe(true);
      expect(result.messages.length).toBeLessThanOrEqual(3);
      for (const found of result.messages) {
        expect(found.text.isWellFormed()).toBe(true);
        expect(() => JSON.parse(found.json)).not.toThrow();
      }
    }),
    { numRuns: 500 },
  );
});

test("every span of an export is kept whole or refused, in its order", () => {
  fc.assert(
    fc.property(anyExport, (request) => {
      const { spans, refusals } = decodeExport({ bytes: bodyOf(request), encoding: "protobuf" }, "default");
      const sent = request.resourceSpans.flatMap((resource, index) =>
        resource.scopeSpans.flatMap((scope) =>
          scope.spans.map((message) => ({ message, project: `p${index}` })),
        ),
      );
      expect(spans.length + refusals.count).toBe(sent.length);
      let next = 0;
      for (const stored of spans) {
        const payload = fromBinary(SpanSchema, stored.payload);
        const bytes = toBinary(SpanSchema, payload);
        next = sent.findIndex(
          ({ message }, at) => at >= next && Buffer.compare(toBinary(SpanSchema, message), bytes) === 0,
        );
        expect(sent[next]?.project).toBe(stored.projectId);
        const origin = fromBinary(ResourceSpansSchema, stored.origin);
        expect(origin.resource?.attributes).toEqual([keyValue("skein.project_id", stored.projectId)]);
        expect(origin.scopeSpans.map((scope) => scope.spans.length)).toEqual([0]);
        next++;
      }
    }),
  );
});

test("JSON and protobuf of one export give the same spans and refusals", () => {
  fc.assert(
    fc.property(anyExport, (request) => {
      const json = new TextEncoder().encode(otlpJson(request));
      expect(decodeExport({ bytes: json, encoding: "json" }, "default")).toEqual(
        decodeExport({ bytes: bodyOf(request), encoding: "protobuf" }, "default"),
      );
    }),
  );
});

test("chunks hold every span once and in order, and stay small", () => {
  const sizes = fc.array(fc.oneof(fc.nat(300), fc.constantFrom(100_000, 300_000)), { maxLength: 600 });
  fc.assert(
    fc.property(sizes, (lengths) => {
      const request = exportOf(
        lengths.map((length, index) => span({ text: "x".repeat(length) }, {}, index + 1)),
      );
      const bytes = bodyOf(request);
      const encoding = "protobuf" as const;
      const half = bytes.length >> 1;
      const parts = [bytes.subarray(0, half), bytes.subarray(half)];
      const chunks = decodeInChunks({ parts: [...parts], encoding, fallbackProject: "default" })
        .filter((part) => part !== undefined)
        .toArray();
      expect(chunks.flatMap(({ spans }) => spans)).toEqual(
        decodeExport({ bytes: Buffer.concat(parts), encoding }, "default").spans,
      );
      for (const { spans } of chunks) {
        const bytes = spans.reduce((sum, { payload }) => sum + payload.length, 0);
        expect(spans.length <= 256 && (spans.length <= 1 || bytes <= 256 * 1024)).toBe(true);
      }
    }),
    { numRuns: 15 },
  );
});

test("arbitrary bytes are an export or malformed, nothing else", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.constantFrom("protobuf", "json"), (bytes, encoding) => {
      try {
        decodeExport({ bytes, encoding }, "default");
      } catch (error) {
        expect(error).toMatchObject({ name: "InvalidRequestError" });
      }
    }),
    { numRuns: 500 },
  );
});
