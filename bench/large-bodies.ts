import { create, type DescMessage, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import { SetStateRequestSchema } from "../gen/skein/v1/state_pb.ts";
import { CreateThreadRequestSchema } from "../gen/skein/v1/thread_record_pb.ts";
import { formatWeaveRef } from "../src/model/feedback/weave-ref.ts";
import type { Body } from "./bodies.ts";
import { BENCH_PROJECT } from "./data.ts";

/** The thread whose state is updated; it has to be there. */
export const LARGE_THREAD = "0198c2f0-7e11-7000-8000-00000000b0d1";

const RPC = "/skein.v1.ThreadService";
const UUID_BYTES = 39;
const DIGEST_BYTES = 46;

/** A body of about as many bytes for each door and way in that takes JSON documents or long lists, of usual content. */
export function largeBodies(bytes: number): Body[] {
  const http = (what: string, path: string, body: string): Body => {
    return { what, path, transport: "http", bytes: Buffer.from(body) };
  };
  const langgraph = (what: string, path: string, body: string) =>
    http(`LangGraph, ${what}`, `/p/${BENCH_PROJECT}${path}`, body);
  const weave = (what: string, path: string, body: string) => http(`Weave, ${what}`, path, body);
  const rpc = <Desc extends DescMessage>(
    name: string,
    schema: Desc,
    request: MessageInitShape<Desc>,
  ): Body => {
    return {
      what: `gRPC, ${name}`,
      path: `${RPC}/${name}`,
      transport: "grpc",
      bytes: toBinary(schema, create(schema, request)),
    };
  };
  const project = `"project_id":"${BENCH_PROJECT}"`;
  const document = chat(bytes);
  const rows = messages(bytes).join(",");
  const uuids = list(bytes / UUID_BYTES, (number) => `00000000-0000-7000-8000-${number}`);
  const digests = list(bytes / DIGEST_BYTES, (number) =>
    `digest-of-a-row-that-is-not-there-${number}`.slice(0, 43),
  );
  return [
    langgraph("a thread's metadata", "/threads", `{"metadata":${document}}`),
    langgraph("a state", `/threads/${LARGE_THREAD}/state`, `{"values":${document}}`),
    langgraph("ids of a search", "/threads/search", `{"ids":${uuids}}`),
    langgraph("values of a search", "/threads/search", `{"values":{"title":${JSON.stringify(document)}}}`),
    weave("an object", "/obj/create", `{"obj":{${project},"object_id":"large","val":${document}}}`),
    weave("a table", "/table/create", `{"table":{${project},"rows":[${rows}]}}`),
    weave("calls", "/call/upsert_batch", `{"batch":[${calls(bytes).join(",")}]}`),
    weave("feedback", "/feedback/create", feedback(project, document)),
    weave("ids of a query", "/threads/stream_query", `{${project},"filter":{"thread_ids":${uuids}}}`),
    weave(
      "digests of a query",
      "/table/query",
      `{${project},"digest":"d","filter":{"row_digests":${digests}}}`,
    ),
    rpc("CreateThread", CreateThreadRequestSchema, { projectId: BENCH_PROJECT, metadataJson: document }),
    rpc("SetState", SetStateRequestSchema, {
      projectId: BENCH_PROJECT,
      threadId: LARGE_THREAD,
      change: { updatesJson: [document] },
    }),
  ];
}

/** A document of as many bytes, as a chat has. New each time. */
function chat(bytes: number): string {
  return `{"nonce":${Math.random()},"turns":[${messages(bytes).join(",")}]}`;
}

/** Messages of as many bytes in all; they differ. */
function messages(bytes: number): string[] {
  const nonce = Math.random();
  return filled(bytes, (number) =>
    JSON.stringify({
      id: `message-${number}-${nonce}`,
      type: number % 2 ? "ai" : "human",
      content: `${"Where is my order? I ordered “this” on the 3rd. ".repeat(5)}\n`,
      usage: { input_tokens: number, output_tokens: 12.5 },
      tags: ["a", "b"],
    }),
  );
}

function calls(bytes: number): string[] {
  const nonce = Math.random();
  return filled(bytes, (number) => {
    const started_at = "2026-01-01T00:00:00Z";
    const inputs = { question: "Where is my order? ".repeat(20), temperature: 0.5 };
    const start = { project_id: BENCH_PROJECT, op_name: "chat", started_at, attributes: {}, inputs };
    return JSON.stringify({
      mode: "start",
      req: { start: { ...start, id: `${nonce}-${number}`, trace_id: `${nonce}-${number}` } },
    });
  });
}

function feedback(project: string, payload: string): string {
  const ref = formatWeaveRef(BENCH_PROJECT, { kind: "turn", id: "1".repeat(32) });
  return `{${project},"weave_ref":"${ref}","feedback_type":"bench","payload":${payload}}`;
}

/** Texts until they are as many bytes. */
function filled(bytes: number, make: (number: number) => string): string[] {
  const texts: string[] = [];
  for (let size = 0; size < bytes; size += Buffer.byteLength(texts.at(-1)!) + 1)
    texts.push(make(texts.length));
  return texts;
}

/** The JSON of a list of texts with numbers of 12 digits in them. */
function list(length: number, make: (number: string) => string): string {
  return JSON.stringify(Array.from({ length }, (_, number) => make(String(number).padStart(12, "0"))));
}
