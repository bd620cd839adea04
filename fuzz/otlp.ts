import { gzipSync } from "node:zlib";
import { type DescMessage, fromJson, type JsonValue, toBinary } from "@bufbuild/protobuf";
import { mutate } from "./json-mutations.ts";
import { breakText, printNoisy } from "./json-text.ts";
import { mutateBytes } from "./odd.ts";
import { messageBytes, messageJson } from "./proto-grammar.ts";
import type { Rng } from "./rng.ts";
import { document, type Words } from "./words.ts";

/** The body of an OTLP export over HTTP and how it is declared. */
export interface OtlpBody {
  type: string;
  encoding: string | null;
  bytes: Buffer;
}

/** An export of spans: mostly of conversations, at times of random messages, at times broken. */
export function otlpBody(desc: DescMessage, rng: Rng, words: Words): OtlpBody {
  const isJson = rng.chance(0.4);
  const bytes = isJson ? exportText(desc, rng, words) : exportBytes(desc, rng, words);
  const type = isJson ? "application/json" : "application/x-protobuf";
  if (rng.chance(0.7)) return { type, encoding: null, bytes };
  const zipped = gzipSync(bytes);
  const encoding = rng.pick(["gzip", "gzip", "gzip", "GZIP", "deflate", "br", "identity", ""]);
  return {
    type,
    encoding,
    bytes: rng.chance(0.2) ? mutateBytes(zipped, rng) : rng.chance(0.05) ? bytes : zipped,
  };
}

/** An export of conversations, encoded; for RPCs too. */
export function exportBytes(desc: DescMessage, rng: Rng, words: Words): Buffer {
  if (rng.chance(0.3)) return messageBytes(desc, rng, words, rng.pick([0, 0.05, 0.2]));
  const bytes = Buffer.from(toBinary(desc, fromJson(desc, conversations(rng, words) as JsonValue)));
  return rng.chance(0.2) ? mutateBytes(bytes, rng) : bytes;
}

function exportText(desc: DescMessage, rng: Rng, words: Words): Buffer {
  const valid = rng.chance(0.6) ? conversations(rng, words) : messageJson(desc, rng, words);
  const text = printNoisy(rng.chance(0.3) ? mutate(valid, rng) : valid, rng, rng.pick([0, 0, 0.1]));
  return rng.chance(0.1) ? breakText(text, rng) : Buffer.from(text);
}

const ATTRIBUTES = [
  ...[
    "gen_ai.conversation.id",
    "session.id",
    "gen_ai.operation.name",
    "gen_ai.request.model",
    "gen_ai.agent.name",
  ],
  ...[
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.output_tokens",
    "gen_ai.input.messages",
    "gen_ai.output.messages",
  ],
  ...[
    "llm.input_messages.0.message.content",
    "llm.input_messages.0.message.role",
    "input.value",
    "output.value",
  ],
  ...[
    "traceloop.association.properties.session_id",
    "langsmith.metadata.thread_id",
    "ai.prompt",
    "ai.response.text",
  ],
  ...["gen_ai.prompt.0.content", "gen_ai.prompt.0.role", "gen_ai.completion.0.content", "weave.thread_id"],
  ...["langfuse.session.id", "openinference.span.kind", "wandb.thread_id", "wandb.is_turn", "error.type"],
];

/** Spans of GenAI programs, as their instrumentations write them. */
function conversations(rng: Rng, words: Words): unknown {
  const traceId = id(words("trace_id"));
  const spans = Array.from({ length: rng.pick([1, 1, 2, 4, rng.chance(0.02) ? 600 : 3]) }, () => ({
    traceId,
    spanId: id(words("span_id")),
    ...(rng.chance(0.5) && { parentSpanId: id(words("span_id")) }),
    name: rng.pick(["chat", "invoke_agent", "execute_tool", ""]),
    kind: rng.from(0, 5),
    startTimeUnixNano: words("start_time_unix_nano"),
    ...(rng.chance(0.9) && { endTimeUnixNano: words("end_time_unix_nano") }),
    attributes: Array.from({ length: rng.from(0, 6) }, () => attribute(rng, words)),
    events: rng.chance(0.2) ? [{ name: "gen_ai.user.message", attributes: [attribute(rng, words)] }] : [],
    status: rng.pick([{}, { code: 1 }, { code: 2, message: "failed" }]),
  }));
  const resource = { attributes: [{ key: "skein.project_id", value: { stringValue: words("project_id") } }] };
  return {
    resourceSpans: [
      { ...(rng.chance(0.6) && { resource }), scopeSpans: [{ scope: { name: "fuzz" }, spans }] },
    ],
  };
}

/** Base64, as the JSON form of protocol buffers has bytes. */
function id(hex: unknown): string {
  return Buffer.from(String(hex), "hex").toString("base64");
}

function attribute(rng: Rng, words: Words): unknown {
  const key = rng.pick(ATTRIBUTES);
  if (/(conversation|session|thread)[._]id$/.test(key))
    return { key, value: { stringValue: words("thread_id") } };
  const text = {
    stringValue: rng.pick([JSON.stringify(words("messages")), JSON.stringify(document(rng, 2)), "why"]),
  };
  const list = { arrayValue: { values: [text, { intValue: "3" }] } };
  const value = rng.pick([text, text, { intValue: String(rng.below(500)) }, { boolValue: true }, list, {}]);
  return { key, value };
}
