import { toJson } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { expect, onTestFinished, test } from "vitest";
import { TranscriptEnd } from "../../../gen/skein/v1/chat_pb.ts";
import { ThreadService } from "../../../gen/skein/v1/thread_service_pb.ts";
import { ListTurnsResponseSchema, TurnSchema } from "../../../gen/skein/v1/turn_pb.ts";
import { threadServiceDoor } from "../../../src/doors/rpc/thread-service.ts";
import type { Span } from "../../../src/model/traces/span.ts";
import { grpcClient } from "../../server/grpc-client.ts";
import { PROJECT, type SpanInput, span } from "../../store/builders.ts";
import { makeKey } from "../../store/make-key.ts";
import { createNaiveStore } from "../../store/naive-store.ts";
import { openTemporaryStore } from "../../store/temporary-store.ts";
import { serve } from "../serve.ts";
import { connect, PROTOCOLS, type Protocol } from "./client.ts";

const A = { projectId: PROJECT, threadId: "a" };
const { OLDEST, NEWEST, UNSPECIFIED } = TranscriptEnd;

/** A turn of the thread that is one span, by its number. */
function turn(number: number, given: SpanInput = {}): Span {
  const startedAt = number * 1_000_000;
  const id = `t${String(number).padStart(3, "0")}`;
  return span({ thread: "a", traceId: id, spanId: id, startedAt, endedAt: startedAt + 500_000, ...given });
}

async function open() {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  return store;
}

test.each(Object.keys(PROTOCOLS) as Protocol[])(
  "turns come with all that is known of them (%s)",
  async (protocol) => {
    const store = await open();
    const client = await connect(store, protocol);
    await store.writeSpans([
      turn(1, { name: "ask é", agentName: "support", model: "gpt-5.1", inputTokens: 30, outputTokens: 7 }),
      turn(2, { endedAt: null, status: "ERROR" }),
    ]);
    expect(toJson(ListTurnsResponseSchema, await client.listTurns(A))).toEqual({
      turns: [
        {
          turnId: "t001",
          traceId: "t001",
          name: "ask é",
          startedAt: "1970-01-01T00:00:01Z",
          endedAt: "1970-01-01T00:00:01.500Z",
          durationMs: "500",
          agent: "support",
          model: "gpt-5.1",
          spanCount: "1",
          inputTokens: "30",
          outputTokens: "7",
        },
        {
          turnId: "t002",
          traceId: "t002",
          name: "name",
          startedAt: "1970-01-01T00:00:02Z",
          failed: true,
          spanCount: "1",
        },
      ],
      total: "2",
    });
  },
);

test("turns are read forwards and backwards, a page at a time", async () => {
  for (const store of [await open(), createNaiveStore("second")]) {
    const client = await connect(store);
    const ids = Array.from({ length: 25 }, (_, number) => `t${String(number).padStart(3, "0")}`);
    await store.writeSpans(ids.map((_, number) => turn(number)).reverse());
    for (const limit of [1000, 10, 4]) {
      for (const from of [UNSPECIFIED, OLDEST, NEWEST]) {
        const pages: string[][] = [];
        let pageToken = "";
        do {
          const page = await client.listTurns({ ...A, from, limit, pageToken });
          expect(page.total).toBe(25n);
          pages.push(page.turns.map(({ turnId }) => turnId));
          pageToken = page.nextPageToken;
        } while (pageToken);
        expect((from === NEWEST ? pages.toReversed() : pages).flat()).toEqual(ids);
        expect(pages.slice(0, -1).every(({ length }) => length === limit)).toBe(true);
      }
    }
  }
});

test("a thread without turns has none; one that is not there is not found", async () => {
  const client = await connect(await open());
  await client.createChatThread(A);
  expect(await client.listTurns(A)).toMatchObject({ turns: [], total: 0n, nextPageToken: "" });
  const error = await client.listTurns({ ...A, threadId: "none" }).catch(ConnectError.from);
  expect(error).toMatchObject({ code: Code.NotFound });
});

test("a page token is of its question alone", async () => {
  const store = await open();
  const client = await connect(store);
  await store.writeSpans([turn(1), turn(2), turn(3, { thread: "b" })]);
  const { nextPageToken: pageToken } = await client.listTurns({ ...A, limit: 1 });
  expect((await client.listTurns({ ...A, pageToken })).turns).toMatchObject([{ turnId: "t002" }]);
  const forged = Buffer.from(pageToken, "base64url")
    .toString()
    .replace(/\[[^[]*\]\]$/, '["x"]]');
  for (const question of [
    { ...A, pageToken: "x" },
    { ...A, from: NEWEST, pageToken },
    { ...A, threadId: "b", pageToken },
    { ...A, pageToken: Buffer.from(forged).toString("base64url") },
  ]) {
    const error = await client.listTurns(question).catch(ConnectError.from);
    expect(error).toMatchObject({ code: Code.InvalidArgument });
  }
  const ofMessages = client.listMessages({ ...A, pageToken });
  await expect(ofMessages).rejects.toMatchObject({ code: Code.InvalidArgument });
});

test("turns over the limit, with the way; a key that reads may", async () => {
  const store = await open();
  const key = await makeKey(store, { role: "read" });
  const url = await serve(threadServiceDoor, store, { rpcBytes: 10_000 });
  const { call } = grpcClient(Number(new URL(url).port));
  const client = createClient(ThreadService, PROTOCOLS.gRPC(url));
  const as = { headers: { "x-api-key": key } };
  await store.writeSpans([turn(1, { name: "x".repeat(6000) }), turn(2, { name: "x".repeat(6000) })]);
  const error = await client.listTurns(A, as).catch(ConnectError.from);
  expect(error).toMatchObject({
    code: Code.ResourceExhausted,
    rawMessage: expect.stringContaining("set a smaller limit and go on with page_token"),
  });
  const { turns } = await client.listTurns({ ...A, limit: 1 }, as);
  expect(turns.map((each) => toJson(TurnSchema, each))).toMatchObject([{ turnId: "t001" }]);
  expect(await call(ThreadService.method.listTurns, A)).toMatchObject({ code: Code.Unauthenticated });
});
