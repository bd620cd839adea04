import { Buffer } from "node:buffer";
import { request } from "node:http";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { describe, expect, onTestFinished, test } from "vitest";
import { BadRequestSchema } from "../../gen/google/rpc/error_details_pb.ts";
import { ThreadService } from "../../gen/skein/v1/thread_service_pb.ts";
import { doors } from "../../src/server/doors.ts";
import { start } from "../server/harness.ts";
import { openTemporaryStore } from "../store/temporary-store.ts";

/** What is refused is told back in this many bytes at most, in each place. */
const QUOTED = 256;

const LONG = "é".repeat(5000);
const RUN = /é{2,}/g;
const UUID = "0198c2f0-7e11-7000-8000-0000000000aa";
const CALL = { op_name: "o", started_at: "2026-01-01T00:00:00Z", attributes: {}, inputs: {} };
const BATCH = Array(5000).fill({ [LONG]: LONG });

/** Serves all doors over an empty store; returns the URL. */
async function open(): Promise<string> {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  const { url } = await start({ doors, store, config: { restLimit: 2 ** 26 } });
  return url;
}

describe("a refusal repeats little of what it refuses", () => {
  test.each<[string, unknown]>([
    ["/call/upsert_batch", { batch: BATCH }],
    ["/call/upsert_batch", { batch: [{ mode: LONG }] }],
    ["/v2/a/b/calls/complete", { batch: BATCH }],
    ["/call/start", { start: { ...CALL, project_id: "p", started_at: LONG } }],
    ["/call/start", { start: { ...CALL, inputs: { [LONG]: LONG } } }],
    ["/call/read", { project_id: "p", id: { [LONG]: 1 } }],
    ["/calls/stream_query", { project_id: "p", [LONG]: 1 }],
    ["/calls/stream_query", { project_id: "p", filter: { [LONG]: LONG } }],
    ["/calls/stream_query", { project_id: "p", sort_by: [{ field: LONG, direction: LONG }] }],
    ["/calls/stream_query", { project_id: "p", query: { $expr: { [LONG]: LONG } } }],
    ["/calls/stream_query", { project_id: "p", query: { $expr: { $eq: [{ $getField: LONG }] } } }],
    [
      "/calls/stream_query",
      { project_id: "p", query: { $expr: { $contains: { input: 1, substr: 1, [LONG]: 1 } } } },
    ],
    ["/feedback/create", { project_id: "p", weave_ref: LONG, feedback_type: LONG, payload: {}, id: LONG }],
    [
      "/feedback/create",
      { project_id: LONG, weave_ref: `weave:///x${LONG}/call/x`, feedback_type: "x", payload: {} },
    ],
    [
      "/feedback/create",
      { project_id: "p", weave_ref: "w", feedback_type: LONG, payload: {}, scorer_tags: ["a"] },
    ],
    [
      "/feedback/create",
      {
        project_id: "p",
        weave_ref: "w",
        feedback_type: "x",
        payload: {},
        scorer_rating_reasons: Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`${i}${LONG}`, ""])),
      },
    ],
    ["/feedback/batch/create", { batch: BATCH }],
    ["/obj/read", { project_id: "p", object_id: LONG, digest: LONG }],
    ["/file/content", { project_id: "p", digest: LONG }],
    ["/table/query_stats", { project_id: "p", digest: LONG }],
    ["/table/create", { table: { project_id: "p", rows: BATCH.map(() => LONG) } }],
    ["/graphql", { query: `{ ${"e".repeat(5000)}é` }],
    ["/threads/stream_query", { project_id: "p", filter: { thread_ids: BATCH } }],
    ["/threads", { thread_id: LONG, metadata: LONG, if_exists: LONG }],
    ["/threads", { supersteps: [{ updates: BATCH.map(() => LONG) }] }],
    ["/threads/search", { extract: { [LONG]: LONG } }],
    ["/threads/search", { select: BATCH }],
    [
      `/threads/${UUID}/state`,
      { values: {}, checkpoint_id: LONG, checkpoint: { checkpoint_id: `x${LONG}` } },
    ],
    [`/threads/${encodeURIComponent(LONG)}/state`, {}],
    [`/threads/${UUID}/state/${encodeURIComponent(LONG)}`, null],
    ["/api/chat/threads", { tags: BATCH, customMetadata: { labels: { [LONG]: {} } } }],
    ["/api/chat/threads", { projectType: LONG }],
    ["/api/chat/threads/x/messages", { messages: Array(1000).fill({ [LONG]: LONG }) }],
    [`/api/chat/threads/${encodeURIComponent(LONG)}`, null],
    [`/api/chat/threads?project_id=${encodeURIComponent(LONG)}`, null],
    ["/v1/traces", { resourceSpans: LONG }],
    ["/v1/traces", { resourceSpans: [{ scopeSpans: [{ spans: [{ startTimeUnixNano: LONG }] }] }] }],
  ])("%.40s %#", async (path, body) => {
    const response = await fetch((await open()) + path, {
      method: body === null ? "GET" : "POST",
      headers: { "content-type": "application/json" },
      ...(body !== null && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    expect(response.status, text).toBeGreaterThanOrEqual(path === "/graphql" ? 200 : 400);
    expect(response.status).toBeLessThan(500);
    expectLittle(text);
  });

  test.each<[string, Record<string, string>]>([
    ["the type", { "content-type": "e".repeat(5000) }],
    ["the encoding", { "content-type": "application/json", "content-encoding": "e".repeat(5000) }],
    ["the project", { "content-type": "application/json", "x-project-id": "e".repeat(5000) }],
    ["the host", { host: "e".repeat(5000) }],
    ["no host", { host: `${"e".repeat(5000)}:x` }],
    ["the origin", { origin: `http://${"e".repeat(5000)}` }],
  ])("of %s", async (_what, headers) => {
    const url = await open();
    for (const path of ["/call/read", "/threads/search", "/api/chat/threads", "/v1/traces"]) {
      const { status, text } = await post(url + path, headers, '{"project_id":"p","id":"x"}');
      if (status >= 400) expectLittle(text.replaceAll("e".repeat(2), "é"));
      expect(status).toBeLessThan(500);
    }
  });

  test("of a path that cannot be read", async () => {
    const { status, text } = await post(`${await open()}/threads/%zz${"e".repeat(5000)}`, {}, "{}");
    expect(status).toBe(400);
    expect(text.length).toBeLessThan(1000);
  });

  test("of a form", async () => {
    const form = new FormData();
    form.append("file", new Blob([new Uint8Array(2 ** 21)]), "f");
    const response = await fetch(`${await open()}/file/create`, { method: "POST", body: form });
    expect(response.status).toBe(422);
    expect((await response.text()).length).toBeLessThan(2000);
  });

  test("over RPC, whose metadata takes little", async () => {
    const client = createClient(ThreadService, createGrpcTransport({ baseUrl: await open() }));
    const labels = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`${index}${LONG}`, 1]));
    const documentsJson = JSON.stringify({ customMetadata: { labels } });
    const error = await client.createChatThread({ projectId: "p", documentsJson }).catch((caught) => caught);
    const [detail] = error.findDetails(BadRequestSchema);
    expect(error.rawMessage).toMatch(
      /^documents_json\.customMetadata\.labels\.0é+…: Input should be a valid/,
    );
    expect(error.rawMessage.length).toBeLessThan(1100);
    expect(detail.fieldViolations.length).toBeGreaterThan(3);
    expect(detail.fieldViolations.at(-1)).toMatchObject({
      field: "",
      description: /only the first are told/,
    });
  });
});

function expectLittle(text: string): void {
  for (const [run] of text.matchAll(RUN)) expect(Buffer.byteLength(run)).toBeLessThanOrEqual(QUOTED);
  expect(text.length).toBeLessThan(2 ** 16);
}

/** Sends what `fetch` does not let through. */
async function post(url: string, headers: Record<string, string>, body: string) {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  const sent = request(url, { method: "POST", headers }, (response) => {
    const parts: Buffer[] = [];
    response.on("data", (part) => parts.push(part));
    response.on("end", () => {
      resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() });
    });
  });
  sent.on("error", reject);
  sent.end(body);
  return promise;
}
