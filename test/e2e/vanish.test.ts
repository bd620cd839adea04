import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { create, toBinary } from "@bufbuild/protobuf";
import { Client, credentials } from "@grpc/grpc-js";
import Database from "better-sqlite3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ThreadsQueryRequestSchema } from "../../gen/skein/v1/thread_pb.ts";
import { makeFolder, postJson, type SkeinProcess, startSkein, type TestFolder } from "./harness.ts";
import { sendThreads } from "./many-threads.ts";

const PROJECT = "p";
const QUERY = JSON.stringify({ project_id: PROJECT });
const HEADERS = { "content-type": "application/json" };
const METHOD = "/skein.v1.ThreadService/ThreadsQuery";

/** Far more than the buffers between the server and a client that does not read: rows of about 1 KiB. */
const THREADS = 16_000;

let folder: TestFolder;
let server: SkeinProcess;
let outside: Database.Database;

beforeAll(async () => {
  folder = await makeFolder();
  server = await startSkein(folder.db);
  const threadIds = Array.from({ length: THREADS }, (_, place) => `${place}-`.padEnd(1000, "x"));
  await sendThreads(server.url, threadIds, PROJECT);
  outside = new Database(folder.db, { timeout: 0 });
}, 600_000);

afterAll(async () => {
  outside?.close();
  await server?.stop();
  await folder?.remove();
});

/** Asks for all threads and reads no more than the beginning of the answer. Returns how to vanish. */
const CLIENTS: Record<string, () => Promise<() => void>> = {
  async "HTTP/1.1"() {
    const request = httpRequest(`${server.url}/threads/stream_query`, { method: "POST", headers: HEADERS });
    request.on("error", () => {}).end(QUERY);
    const [response] = await once(request, "response");
    response.on("error", () => {});
    return () => request.destroy();
  },
  async "HTTP/2"() {
    const session = connectHttp2(server.url);
    const stream = session.request({ ":method": "POST", ":path": "/threads/stream_query", ...HEADERS });
    stream.on("error", () => {}).end(QUERY);
    await once(stream, "response");
    return () => session.destroy();
  },
  async "HTTP/2, by a reset of its stream"() {
    const session = connectHttp2(server.url);
    const stream = session.request({ ":method": "POST", ":path": "/threads/stream_query", ...HEADERS });
    stream.on("error", () => {}).end(QUERY);
    await once(stream, "response");
    return () => {
      stream.close(8);
      session.close();
    };
  },
  async gRPC() {
    const client = new Client(`127.0.0.1:${server.port}`, credentials.createInsecure());
    const stream = client.makeServerStreamRequest(
      METHOD,
      (query: { projectId: string }) =>
        Buffer.from(toBinary(ThreadsQueryRequestSchema, create(ThreadsQueryRequestSchema, query))),
      (bytes) => bytes,
      { projectId: PROJECT },
    );
    stream.on("error", () => {});
    await once(stream, "readable");
    return () => {
      stream.cancel();
      client.close();
    };
  },
};

/** Whether some read holds the log of changes, so that it cannot be folded into the file. */
function isHeld(): boolean {
  const [result] = outside.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
  return result!.busy === 1;
}

test.each(Object.entries(CLIENTS))("a client that vanishes frees its reader (%s)", async (_name, read) => {
  await expect.poll(isHeld, { timeout: 20_000 }).toBe(false);
  const vanish = await read();
  // Makes the read's snapshot an old one.
  await postJson(`${server.url}/v1/traces`, { resourceSpans: [{ scopeSpans: [{ spans: [makeSpan()] }] }] });
  expect(isHeld(), "the stream is not under way any more").toBe(true);
  vanish();
  await expect.poll(isHeld, { timeout: 20_000 }).toBe(false);
});

let spans = 0;
function makeSpan() {
  spans += 1;
  const spanId = spans.toString(16).padStart(16, "0");
  const start = "1700000000000000000";
  return {
    traceId: `${spanId}${spanId}`,
    spanId,
    name: "x",
    startTimeUnixNano: start,
    endTimeUnixNano: start,
  };
}
