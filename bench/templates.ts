import { randomBytes } from "node:crypto";
import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { ExportTraceServiceRequestSchema } from "../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import { type SpanSchema, Status_StatusCode } from "../gen/opentelemetry/proto/trace/v1/trace_pb.ts";
import { BENCH_PROJECT, EPOCH } from "./data.ts";

type SpanInit = MessageInitShape<typeof SpanSchema>;

/** Makes the body of a number: ids, conversations and times follow from it. Valid until the next one is made. */
export type Template = (number: number) => Buffer;

/** Calls or spans of one turn. */
export const STEPS = 5;

/** Bodies after which the conversations are other ones. */
const BODIES_OF_CONVERSATION = 256;

/** Bytes that stand for some that differ from body to body; nothing else in a body looks like them. */
interface Mark {
  mark: Buffer;
  /** As many bytes. */
  at: (number: number) => Buffer;
}

const TEXT_MARKS = {
  id: "fafafafa",
  idBefore: "fbfbfbfb",
  conversation: "fcfcfcfc",
  time: "9999-99-99T99:99",
};
const BYTE_MARKS = { id: 0xfafafafa, time: 0xfdfdfdfd };

const QUESTION = "Where is my order? ".repeat(20);
const ANSWER = "It left the warehouse this morning. ".repeat(10);

/**
 * An OTLP export in protobuf as an agent's exporter sends it: turns of an agent's span above two model calls and two
 * tools, the children before their parent.
 *
 * @param sender tells the conversations of one sender from those of others
 * @param turns each of a conversation of its own
 */
export function exportTemplate(sender: number, turns: number): Template {
  const id = (bytes: number) => Buffer.concat([randomBytes(bytes - 4), uint32(BYTE_MARKS.id)]);
  const spans = Array.from({ length: turns }, (_, turn) => {
    const traceId = id(16);
    const agent = id(8);
    const conversation = `${TEXT_MARKS.conversation}-${sender}-${turn}`;
    const step = (name: string, place: number, attributes: Record<string, string | number>): SpanInit => ({
      traceId,
      spanId: place === 0 ? agent : id(8),
      parentSpanId: place === 0 ? Buffer.alloc(0) : agent,
      name,
      startTimeUnixNano: nanoseconds(turn * 10_000_000 + place * 1_000_000),
      endTimeUnixNano: nanoseconds(turn * 10_000_000 + 900_000_000 + (place === 0 ? turn * 7_000_000 : 0)),
      attributes: Object.entries(attributes).map(([key, value]) => attribute(key, value)),
      status: { code: Status_StatusCode.OK },
    });
    const chat = {
      "gen_ai.operation.name": "chat",
      "gen_ai.request.model": "gpt-5.1",
      "gen_ai.usage.input_tokens": 900,
      "gen_ai.usage.output_tokens": 80,
      "gen_ai.input.messages": otelMessages("user", QUESTION),
      "gen_ai.output.messages": otelMessages("assistant", ANSWER),
    };
    const tool = {
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "orders",
      "gen_ai.tool.call.arguments": JSON.stringify({ order: turn }),
      "gen_ai.tool.call.result": JSON.stringify({ status: "sent", at: "2026-01-01T00:00:00Z" }),
    };
    return [
      step("chat gpt-5.1", 1, chat),
      step("execute_tool orders", 2, tool),
      step("execute_tool orders", 3, tool),
      step("chat gpt-5.1", 4, chat),
      step("invoke_agent support", 0, {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": "support",
        "gen_ai.conversation.id": conversation,
      }),
    ];
  }).flat();
  const resource = { attributes: [attribute("skein.project_id", BENCH_PROJECT)] };
  const body = toBinary(
    ExportTraceServiceRequestSchema,
    create(ExportTraceServiceRequestSchema, {
      resourceSpans: [{ resource, scopeSpans: [{ scope: { name: "bench" }, spans }] }],
    }),
  );
  // Times are 8 bytes of which the last 4 count steps of some 4 seconds.
  const firstTime = Number((BigInt(EPOCH) * 1000n) >> 32n);
  return template(Buffer.from(body), [
    { mark: uint32(BYTE_MARKS.id), at: uint32 },
    { mark: uint32(BYTE_MARKS.time), at: (number) => uint32(firstTime + number) },
    conversationMark,
  ]);
}

/**
 * A body of POST /call/upsert_batch as Weave's SDKs send it: the starts of turns of an agent's call above four others,
 * and the ends of the calls of the body before, or, with `together`, of its own.
 *
 * @param turns each of a conversation of its own
 * @param step how far the numbers of a sender's bodies are apart
 */
export function callsTemplate(sender: number, turns: number, step: number, together: boolean): Template {
  const items = Array.from({ length: turns }, (_, turn) => {
    const id = (mark: string, place: number) => `${mark}-0000-7000-8000-${hex(turn * STEPS + place, 12)}`;
    const time = (milliseconds: number) =>
      `${TEXT_MARKS.time}:${(milliseconds / 1000).toFixed(3).padStart(6, "0")}Z`;
    const places = Array.from({ length: STEPS }, (_, place) => place);
    const ofCall = (place: number) => ({
      project_id: BENCH_PROJECT,
      id: id(TEXT_MARKS.id, place),
      op_name: `weave:///${BENCH_PROJECT}/op/${place === 0 ? "answer" : "ask_model"}:digest`,
      trace_id: id(TEXT_MARKS.id, 0),
      parent_id: place === 0 ? null : id(TEXT_MARKS.id, 0),
      thread_id: `${TEXT_MARKS.conversation}-${sender}-${turn}`,
      turn_id: id(TEXT_MARKS.id, 0),
      started_at: time(turn * 10 + place),
      attributes: { weave: { client_version: "0.11.1", source: "js-sdk" } },
      inputs: { model: "gpt-5.1", messages: [{ role: "user", content: QUESTION }] },
    });
    const endOf = (place: number) => ({
      project_id: BENCH_PROJECT,
      id: id(together ? TEXT_MARKS.id : TEXT_MARKS.idBefore, place),
      ended_at: time(turn * 10 + 500 + place * turn),
      output: { choices: [{ index: 0, message: { role: "assistant", content: ANSWER } }] },
      summary:
        place === 0 ? {} : { usage: { "gpt-5.1": { requests: 1, input_tokens: 900, output_tokens: 80 } } },
    });
    return [
      ...places.map((place) => ({ mode: "start", req: { start: ofCall(place) } })),
      ...places.map((place) => ({ mode: "end", req: { end: endOf(place) } })),
    ];
  }).flat();
  return template(Buffer.from(JSON.stringify({ batch: items })), [
    { mark: Buffer.from(TEXT_MARKS.id), at: (number) => Buffer.from(hex(number, 8)) },
    { mark: Buffer.from(TEXT_MARKS.idBefore), at: (number) => Buffer.from(hex(number - step, 8)) },
    { mark: Buffer.from(TEXT_MARKS.time), at: (number) => Buffer.from(minute(number)) },
    conversationMark,
  ]);
}

const conversationMark: Mark = {
  mark: Buffer.from(TEXT_MARKS.conversation),
  at: (number) => Buffer.from(hex(Math.floor(number / BODIES_OF_CONVERSATION), 8)),
};

function template(body: Buffer, marks: Mark[]): Template {
  const places = marks.map(({ mark, at }) => ({ at, offsets: offsetsOf(body, mark) }));
  return (number) => {
    for (const { at, offsets } of places) {
      const bytes = at(number);
      for (const offset of offsets) bytes.copy(body, offset);
    }
    return body;
  };
}

function offsetsOf(body: Buffer, mark: Buffer): number[] {
  const offsets: number[] = [];
  for (let at = body.indexOf(mark); at !== -1; at = body.indexOf(mark, at + mark.length)) offsets.push(at);
  return offsets;
}

function nanoseconds(offset: number): bigint {
  return (BigInt(BYTE_MARKS.time) << 32n) + BigInt(offset);
}

function minute(number: number): string {
  return new Date(EPOCH / 1000 + number * 60_000).toISOString().slice(0, TEXT_MARKS.time.length);
}

function uint32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
}

function hex(number: number, digits: number): string {
  return (number >>> 0).toString(16).padStart(digits, "0");
}

function attribute(key: string, value: string | number) {
  return {
    key,
    value: {
      value:
        typeof value === "string"
          ? { case: "stringValue" as const, value }
          : { case: "intValue" as const, value: BigInt(value) },
    },
  };
}

function otelMessages(role: string, content: string): string {
  return JSON.stringify([{ role, parts: [{ type: "text", content }] }]);
}
