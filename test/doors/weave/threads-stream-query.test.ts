import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { connect } from "node:http2";
import { connect as tcpConnect } from "node:net";
import { describe, expect, test } from "vitest";
import { weaveDoor } from "../../../src/doors/weave/door.ts";
import { StoreBusyError, StoreUnavailableError } from "../../../src/store/errors.ts";
import { thread, threads } from "../samples.ts";
import { scriptedStore } from "../scripted-store.ts";
import { NOW, serve } from "../serve.ts";

const PATH = "/threads/stream_query";

async function post(url: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(url + PATH, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body,
  });
}

describe("the answer", () => {
  test("is a line for each thread, all documented keys in their order", async () => {
    const running = { p50TurnDurationMs: null, p99TurnDurationMs: null, threadId: 'é"\n' };
    const store = scriptedStore({ threads: [[thread("t1")], [], [thread("", running)]] });
    const url = await serve(weaveDoor, store);
    const response = await post(url, '{"project_id":"a/b"}');
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/jsonl");
    const rest =
      '"turn_count":3,"start_time":"2026-08-20T00:00:00Z","last_updated":"2026-08-20T00:01:00.250000Z",' +
      '"first_turn_id":"turn-1","last_turn_id":"turn-3"';
    expect(await response.text()).toBe(
      `{"thread_id":"t1",${rest},"p50_turn_duration_ms":812.5,"p99_turn_duration_ms":1904.2}\n` +
        `{"thread_id":"é\\"\\n",${rest},"p50_turn_duration_ms":null,"p99_turn_duration_ms":null}\n`,
    );
    await store.threadReads[0]!.closed;
  });

  test("of no threads is no bytes", async () => {
    const url = await serve(weaveDoor, scriptedStore());
    const response = await post(url, '{"project_id":"p"}');
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      200,
      "application/jsonl",
      "",
    ]);
  });

  test.each([
    ["*/*", "application/jsonl"],
    ["application/json", "application/json"],
    ["application/x-ndjson;q=0.9", "application/x-ndjson"],
    ["application/json, application/jsonl", "application/jsonl"],
    ["text/html, */*;q=0.1", "application/jsonl"],
    ["application/json, */*", "application/jsonl"],
    ["text/csv", "application/jsonl"],
  ])("to Accept: %s is %s", async (accept, type) => {
    const url = await serve(weaveDoor, scriptedStore({ threads: [[thread("t")]] }));
    const response = await post(url, '{"project_id":"p"}', { accept });
    expect(response.headers.get("content-type")).toBe(type);
  });

  test("comes over HTTP/2 too", async () => {
    const url = await serve(weaveDoor, scriptedStore({ threads: [threads(300), threads(20, 300)] }));
    const { status, text } = await post2(url, '{"project_id":"p"}');
    expect(status).toBe(200);
    expect(text.match(/\n/g)).toHaveLength(320);
  });
});

describe("the question", () => {
  test("reaches the store in the model's words", async () => {
    const store = scriptedStore();
    const url = await serve(weaveDoor, store);
    const filter = {
      after_datetime: "2026-08-20",
      before_datetime: 1_787_184_000.25,
      thread_ids: ["a", "b"],
    };
    const sort_by = [
      { field: "turn_count", direction: "asc" },
      { field: "turn_count", direction: "desc" },
      { field: "thread_id", direction: "desc" },
      { field: "start_time", direction: "asc" },
    ];
    await post(url, JSON.stringify({ project_id: "a/b", filter, limit: "10", offset: 2.0, sort_by }));
    expect(store.threadReads[0]!.query).toEqual({
      projectId: "a/b",
      now: NOW,
      startedAfter: 1_787_184_000_000_000,
      updatedBefore: 1_787_184_000_250_000,
      threadIds: ["a", "b"],
      sort: [
        { field: "turn_count", direction: "asc" },
        { field: "thread_id", direction: "desc" },
      ],
      limit: 10,
      offset: 2,
      after: null,
    });
  });

  test.each([
    '{"project_id":"p"}',
    '{"project_id":"p","filter":{"thread_ids":[]},"sort_by":[],"limit":null,"offset":null}',
  ])("that says nothing is for all threads, latest first: %s", async (body) => {
    const store = scriptedStore();
    await post(await serve(weaveDoor, store), body);
    expect(store.threadReads[0]!.query).toEqual({
      projectId: "p",
      now: NOW,
      startedAfter: null,
      updatedBefore: null,
      threadIds: null,
      sort: [{ field: "last_updated", direction: "desc" }],
      limit: null,
      offset: 0,
      after: null,
    });
  });

  test("may name 40 000 threads", async () => {
    const store = scriptedStore();
    const ids = Array.from({ length: 40_000 }, (_, index) => `thread-${index}`);
    const response = await post(
      await serve(weaveDoor, store),
      JSON.stringify({ project_id: "p", filter: { thread_ids: ids } }),
    );
    expect(response.status).toBe(200);
    expect(store.threadReads[0]!.query.threadIds).toEqual(ids);
  });

  test("needs no content type", async () => {
    const url = await serve(weaveDoor, scriptedStore());
    const response = await fetch(url + PATH, {
      method: "POST",
      body: Buffer.from('\ufeff{"project_id":"p"}'),
    });
    expect(response.status).toBe(200);
  });
});

describe("a refusal", () => {
  test.each([
    ["", 422, { detail: [{ type: "missing", loc: ["body"], msg: "Field required", input: null }] }],
    [
      '{"project_id":"p","filter":{"x":1}}',
      422,
      {
        detail: [
          {
            type: "extra_forbidden",
            loc: ["body", "filter", "x"],
            msg: "Extra inputs are not permitted",
            input: 1,
          },
        ],
      },
    ],
    [
      '{"project_id":"other"}',
      422,
      {
        detail: [
          {
            type: "value_error",
            loc: ["body", "project_id"],
            msg: 'Value error, names the project "other", but the request\'s URL or headers name "p"',
            input: null,
          },
        ],
      },
    ],
    [
      `{"deep":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
      400,
      { reason: "The body is nested too deeply" },
    ],
    ["[".repeat(1001), 400, { reason: "The body is nested too deeply" }],
    [
      `{${Array.from({ length: 1001 }, (_, i) => `"k${i}":1`).join(",")}}`,
      400,
      { reason: "The body has more than 1000 keys" },
    ],
    [
      JSON.stringify({ project_id: "p", limit: ["x".repeat(65_536)], offset: -1 }),
      422,
      {
        detail: [
          { type: "int_type", loc: ["body", "limit"], msg: "Input should be a valid integer", input: null },
          {
            type: "greater_than_equal",
            loc: ["body", "offset"],
            msg: "Input should be greater than or equal to 0",
            input: -1,
            ctx: { ge: 0 },
          },
        ],
      },
    ],
    [`{"project_id":"${"p".repeat(1 << 20)}"}`, 413, { reason: "Request too large" }],
  ])("of %.60s", async (body, status, answer) => {
    const url = await serve(weaveDoor, scriptedStore());
    const response = await post(url, body, { "x-project-id": "p" });
    expect([response.status, await response.json()]).toEqual([status, answer]);
  });

  test("has a hundred entries at most, and one that says so", async () => {
    const url = await serve(weaveDoor, scriptedStore());
    for (const filter of [
      { thread_ids: Array(1000).fill(1) },
      Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`k${i}`, i])),
    ]) {
      const response = await post(url, JSON.stringify({ project_id: "p", filter }));
      expect(response.status).toBe(422);
      const { detail } = (await response.json()) as { detail: unknown[] };
      expect(detail).toHaveLength(101);
      expect(detail.at(-1)).toEqual({
        type: "too_many_errors",
        loc: ["body"],
        msg: "More than 100 errors; only the first are told",
        input: null,
      });
    }
  });

  test.each([
    [{ "content-type": "text/plain" }, "{}", 415, "The body must be application/json, not text/plain"],
    [{ "content-encoding": "gzip" }, "{}", 415, "The body must not be compressed with gzip"],
  ])("of %o", async (headers, body, status, reason) => {
    const response = await post(
      await serve(weaveDoor, scriptedStore()),
      body,
      headers as Record<string, string>,
    );
    expect([response.status, await response.json()]).toEqual([status, { reason }]);
  });

  test("of what is no UTF-8", async () => {
    const url = await serve(weaveDoor, scriptedStore());
    const headers = { "content-type": "application/json; charset=utf-8" };
    const response = await fetch(url + PATH, {
      method: "POST",
      headers,
      body: Buffer.from([0x22, 0xff, 0x22]),
    });
    expect([response.status, await response.json()]).toEqual([400, { reason: "The body is not UTF-8" }]);
  });
});

describe("a store that fails", () => {
  test.each([
    [new StoreBusyError("too much to do"), 503, "1", "too much to do"],
    [new StoreUnavailableError("the disk is full"), 503, null, "the disk is full"],
    [new Error("a secret"), 500, null, "Internal server error"],
  ])("before the first row is an error with a body: %s", async (error, status, retryAfter, reason) => {
    const url = await serve(weaveDoor, scriptedStore({ threads: [error] }));
    const response = await post(url, '{"project_id":"p"}');
    expect([response.status, response.headers.get("retry-after"), await response.json()]).toEqual([
      status,
      retryAfter,
      { reason },
    ]);
  });

  test("later resets the connection: the answer does not look whole", async () => {
    const url = await serve(weaveDoor, scriptedStore({ threads: [threads(3), new Error("lost")] }));
    const response = await post(url, '{"project_id":"p"}');
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow("terminated");
  });

  test("later resets the connection of an HTTP/1.0 client, to which the end is the end", async () => {
    const url = new URL(await serve(weaveDoor, scriptedStore({ threads: [threads(3), new Error("lost")] })));
    const socket = tcpConnect(Number(url.port), url.hostname);
    const body = '{"project_id":"p"}';
    socket
      .resume()
      .write(`POST ${PATH} HTTP/1.0\r\nhost: localhost\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    const [error] = await once(socket, "error");
    expect(error).toMatchObject({ code: "ECONNRESET" });
  });

  test("later resets the stream of an HTTP/2 client", async () => {
    const url = await serve(weaveDoor, scriptedStore({ threads: [threads(3), new Error("lost")] }));
    await expect(post2(url, '{"project_id":"p"}')).rejects.toThrow("NGHTTP2_INTERNAL_ERROR");
  });
});

describe("a client", () => {
  test.each([false, true])("that does not read is not read ahead of (HTTP/2: %s)", async (http2) => {
    const batch = threads(400);
    const store = scriptedStore({ threads: endless(batch) });
    const url = await serve(weaveDoor, store);
    const client = await open(url, http2);
    const read = store.threadReads[0]!;
    await settled(() => read.asked);
    const ahead = read.asked;
    expect(ahead).toBeLessThan(200);
    client.destroy();
    await read.closed;
    expect(read.asked).toBeLessThanOrEqual(ahead + 1);
  });

  test.each([false, true])(
    "that vanishes ends the store's read, also before the first row (HTTP/2: %s)",
    async (http2) => {
      const store = scriptedStore({ threads: endless([]) });
      const url = await serve(weaveDoor, store);
      const client = send(url, http2);
      while (store.threadReads.length === 0) await new Promise(setImmediate);
      client.destroy();
      await store.threadReads[0]!.closed;
    },
  );
});

function* endless<T>(batch: T[]): Generator<T[]> {
  for (;;) yield batch;
}

/** Waits until a count has stood still for a while of the loop's turns. */
async function settled(count: () => number): Promise<void> {
  for (let before = -1, still = 0; still < 2000; still = count() === before ? still + 1 : 0) {
    before = count();
    await new Promise(setImmediate);
  }
}

/** Sends a request and reads its headers, no more. */
async function open(url: string, http2: boolean): Promise<{ destroy(): void }> {
  const client = send(url, http2);
  await client.answered;
  return client;
}

function send(url: string, http2: boolean): { destroy(): void; answered: Promise<unknown> } {
  const body = '{"project_id":"p"}';
  if (http2) {
    const session = connect(url);
    const stream = session.request({ ":method": "POST", ":path": PATH, "content-type": "application/json" });
    stream.on("error", () => {}).end(body);
    return { answered: once(stream, "response"), destroy: () => session.destroy() };
  }
  const request = httpRequest(url + PATH, {
    method: "POST",
    headers: { "content-type": "application/json" },
  });
  request.on("error", () => {}).end(body);
  const answered = once(request, "response").then(([response]: IncomingMessage[]) =>
    response!.on("error", () => {}),
  );
  answered.catch(() => {});
  return { answered, destroy: () => request.destroy() };
}

async function post2(url: string, body: string): Promise<{ status: number; text: string }> {
  const session = connect(url);
  try {
    const stream = session.request({ ":method": "POST", ":path": PATH, "content-type": "application/json" });
    stream.end(body);
    const [headers] = await once(stream, "response");
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    return { status: headers[":status"], text: Buffer.concat(chunks).toString() };
  } finally {
    session.destroy();
  }
}
