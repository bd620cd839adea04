import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { toBinary, toJson } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import {
  SortDirection,
  ThreadSortField,
  ThreadsQueryResponseSchema,
} from "../../../gen/skein/v1/thread_pb.ts";
import { threadServiceDoor } from "../../../src/doors/rpc/thread-service.ts";
import { thread, threads } from "../samples.ts";
import { scriptedStore } from "../scripted-store.ts";
import { NOW, serve } from "../serve.ts";
import { collect, connect, PROTOCOLS, type Protocol, readOne } from "./client.ts";

describe("the answer", () => {
  test.each(Object.keys(PROTOCOLS) as Protocol[])("is a message for each batch (%s)", async (protocol) => {
    const running = thread("b", { p50TurnDurationMs: null, p99TurnDurationMs: null, turnCount: 1 });
    const client = await connect(scriptedStore({ threads: [[thread("a")], [], [running]] }), protocol);
    const messages = await collect(client.threadsQuery({ projectId: "p" }));
    expect(messages.map(({ nextPageToken }) => nextPageToken !== "")).toEqual([true, false]);
    expect(
      messages.flatMap(
        (message) => (toJson(ThreadsQueryResponseSchema, message) as { threads: unknown[] }).threads,
      ),
    ).toEqual([
      {
        threadId: "a",
        turnCount: "3",
        startTime: "2026-08-20T00:00:00Z",
        lastUpdated: "2026-08-20T00:01:00.250Z",
        firstTurnId: "turn-1",
        lastTurnId: "turn-3",
        p50TurnDurationMs: 812.5,
        p99TurnDurationMs: 1904.2,
        spanCount: "9",
        inputTokens: "100",
        outputTokens: "20",
      },
      expect.objectContaining({ threadId: "b", turnCount: "1" }),
    ]);
    expect(messages[1]!.threads[0]!.p50TurnDurationMs).toBeUndefined();
  });

  test("of nothing is no message", async () => {
    const client = await connect(scriptedStore());
    expect(await collect(client.threadsQuery({ projectId: "p" }))).toEqual([]);
  });

  test("keeps every message under 1 MiB", async () => {
    const long = "x".repeat(40_000);
    const rows = Array.from({ length: 60 }, (_, index) => thread(`${long}${index}`));
    const client = await connect(scriptedStore({ threads: [rows] }));
    const messages = await collect(client.threadsQuery({ projectId: "p" }));
    expect(messages.flatMap((message) => message.threads).map(({ threadId }) => threadId)).toEqual(
      rows.map(({ threadId }) => threadId),
    );
    for (const message of messages)
      expect(toBinary(ThreadsQueryResponseSchema, message).length).toBeLessThan(1 << 20);
  });
});

describe("the question", () => {
  test("reaches the store in the model's words", async () => {
    const store = scriptedStore();
    const client = await connect(store);
    await collect(
      client.threadsQuery({
        filter: {
          afterDatetime: { seconds: -1n, nanos: 999_999_999 },
          beforeDatetime: timestampFromDate(new Date("2026-08-20T00:00:00.250Z")),
          threadIds: ["a"],
        },
        sortBy: [
          { field: ThreadSortField.P99_TURN_DURATION_MS, direction: SortDirection.DESC },
          { field: ThreadSortField.THREAD_ID },
        ],
        limit: 10,
        offset: 5,
      }),
    );
    expect(store.threadReads[0]!.query).toEqual({
      projectId: "default",
      now: NOW,
      startedAfter: -1,
      updatedBefore: 1_787_184_000_250_000,
      threadIds: ["a"],
      sort: [
        { field: "p99_turn_duration_ms", direction: "desc" },
        { field: "thread_id", direction: "asc" },
      ],
      limit: 11,
      offset: 5,
      after: null,
    });
  });

  test("that says nothing is for all threads, latest first", async () => {
    const store = scriptedStore();
    await collect((await connect(store)).threadsQuery({ projectId: "p" }));
    expect(store.threadReads[0]!.query).toMatchObject({
      threadIds: null,
      sort: [{ field: "last_updated", direction: "desc" }],
      limit: null,
      offset: 0,
    });
  });

  test.each<[string, Parameters<Awaited<ReturnType<typeof connect>>["threadsQuery"]>[0]]>([
    ["sort_by.0.field: must be one of thread_id, turn_count", { sortBy: [{}] }],
    ["sort_by.0.field: must be one of", { sortBy: [{ field: 99 as ThreadSortField }] }],
    [
      "sort_by.0.direction: must be one of asc, desc",
      { sortBy: [{ field: 1, direction: 7 as SortDirection }] },
    ],
    ["filter.after_datetime: must lie", { filter: { afterDatetime: { seconds: 253_402_300_799n } } }],
    ["filter.before_datetime: must lie", { filter: { beforeDatetime: { seconds: 0n, nanos: -1 } } }],
    ["page_token: is not a page token", { pageToken: "nonsense" }],
  ])("is refused: %s", async (message, request) => {
    const client = await connect(scriptedStore());
    const refusal = await collect(client.threadsQuery(request)).catch(ConnectError.from);
    expect(refusal).toMatchObject({
      code: Code.InvalidArgument,
      rawMessage: expect.stringContaining(message),
    });
  });

  test("whose project the headers contradict is refused", async () => {
    const store = scriptedStore();
    const client = await connect(store);
    const headers = { "x-project-id": "q" };
    await collect(client.threadsQuery({}, { headers }));
    expect(store.threadReads[0]!.query.projectId).toBe("q");
    const refusal = await collect(client.threadsQuery({ projectId: "p" }, { headers })).catch(
      ConnectError.from,
    );
    expect(refusal).toMatchObject({ code: Code.InvalidArgument });
  });
});

describe("a page token", () => {
  const sortBy = [{ field: ThreadSortField.P50_TURN_DURATION_MS }, { field: ThreadSortField.START_TIME }];

  test("continues after the last row of its message", async () => {
    const store = scriptedStore({ threads: [threads(3), threads(1, 3)] });
    const client = await connect(store);
    const [first] = await collect(client.threadsQuery({ projectId: "p", limit: 3, sortBy }));
    expect(first!.threads).toHaveLength(3);
    await store.threadReads[0]!.closed;
    await collect(
      client.threadsQuery({ projectId: "p", sortBy, offset: 1, pageToken: first!.nextPageToken }),
    );
    expect(store.threadReads[1]!.query).toMatchObject({
      after: { values: [812.5, 1_787_184_000_000_000], threadId: "thread-2" },
      offset: 1,
      limit: null,
    });
  });

  test.each([
    [[threads(2)], 2, false],
    [[threads(3)], 2, true],
    [[threads(2), threads(1)], 2, true],
    [[threads(1), threads(1), []], 3, false],
  ])("is there when a row follows, and only then", async (batches, limit, follows) => {
    const client = await connect(scriptedStore({ threads: batches }));
    const messages = await collect(client.threadsQuery({ projectId: "p", limit }));
    expect(messages.at(-1)!.nextPageToken !== "").toBe(follows);
    expect(messages.flatMap((message) => message.threads).length).toBe(
      Math.min(limit, batches.flat().length),
    );
  });

  test("of another query is refused", async () => {
    const client = await connect(scriptedStore({ threads: [threads(2)] }));
    const [first] = await collect(client.threadsQuery({ projectId: "p", limit: 1 }));
    const pageToken = first!.nextPageToken;
    await collect(client.threadsQuery({ projectId: "p", limit: 7, offset: 1, pageToken }));
    for (const other of [
      { projectId: "q" },
      { projectId: "p", sortBy },
      { projectId: "p", filter: { threadIds: ["a"] } },
    ]) {
      const refusal = await collect(client.threadsQuery({ ...other, pageToken })).catch(ConnectError.from);
      expect(refusal).toMatchObject({
        code: Code.InvalidArgument,
        rawMessage: expect.stringContaining("page_token"),
      });
    }
  });
});

describe("a client", () => {
  test.each(["gRPC", "gRPC-Web", "Connect, HTTP/2", "Connect JSON"] as Protocol[])(
    "that cancels ends the store's read (%s)",
    async (protocol) => {
      const store = scriptedStore({ threads: endless(threads(300)) });
      const client = await connect(store, protocol);
      await readOne((options) => client.threadsQuery({ projectId: "p" }, options));
      await store.threadReads[0]!.closed;
    },
  );

  test("whose connection breaks ends the store's read", async () => {
    const store = scriptedStore({ threads: endless(threads(300)) });
    const session = connectHttp2(await serve(threadServiceDoor, store));
    const stream = session.request({
      ":method": "POST",
      ":path": "/skein.v1.ThreadService/ThreadsQuery",
      "content-type": "application/connect+json",
    });
    stream.on("error", () => {}).end(Buffer.from("\0\0\0\0\u0002{}"));
    await once(stream, "response");
    session.destroy();
    await store.threadReads[0]!.closed;
  });

  test("that does not read is not read ahead of", async () => {
    const store = scriptedStore({ threads: endless(threads(300)) });
    const client = await connect(store, "Connect, HTTP/2");
    const cancel = new AbortController();
    const messages = client
      .threadsQuery({ projectId: "p" }, { signal: cancel.signal })
      [Symbol.asyncIterator]();
    await messages.next();
    const read = store.threadReads[0]!;
    for (let before = -1, still = 0; still < 2000; still = read.asked === before ? still + 1 : 0) {
      before = read.asked;
      await new Promise(setImmediate);
    }
    expect(read.asked).toBeLessThan(200);
    cancel.abort();
    await read.closed;
  });
});

function* endless<T>(batch: T[]): Generator<T[]> {
  for (;;) yield batch;
}
