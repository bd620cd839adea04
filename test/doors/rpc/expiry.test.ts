import { type Client, Code, ConnectError, createClient } from "@connectrpc/connect";
import { expect, onTestFinished, test } from "vitest";
import { TtlStrategy } from "../../../gen/skein/v1/thread_record_pb.ts";
import { ThreadService } from "../../../gen/skein/v1/thread_service_pb.ts";
import { threadServiceDoor } from "../../../src/doors/rpc/thread-service.ts";
import { grpcClient } from "../../server/grpc-client.ts";
import { PROJECT, span } from "../../store/builders.ts";
import { openTemporaryStore } from "../../store/temporary-store.ts";
import { NOW, serve } from "../serve.ts";
import { collect, PROTOCOLS, type Protocol } from "./client.ts";

const MINUTE = 60_000_000;
const THREAD = { projectId: PROJECT, threadId: "a" };

/** The service over SQLite, with a clock that the test moves. */
async function open(protocol: Protocol = "gRPC") {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  const clock = { time: NOW };
  const url = await serve(threadServiceDoor, store, {}, () => clock.time);
  const client = createClient(ThreadService, PROTOCOLS[protocol](url));
  return { store, clock, client, url };
}

/** What every read says of the thread. */
async function reads(client: Client<typeof ThreadService>) {
  const there = (answer: Promise<unknown>) =>
    answer.then(
      () => true,
      (error) => Code[ConnectError.from(error).code],
    );
  const spansQuery = { projectId: PROJECT, conversationIds: ["a"] };
  const search = await client.search({ projectId: PROJECT, includeTotal: true });
  const named = await client.search({ projectId: PROJECT, filter: { threadIds: ["a"] } });
  const rows = await collect(client.threadsQuery({ projectId: PROJECT }));
  const { conversations } = await client.spans(spansQuery);
  const streamed = await collect(client.streamSpans({ query: spansQuery }));
  return {
    get: await there(client.getThread(THREAD)),
    state: await there(client.getState(THREAD)),
    history: await there(client.listHistory(THREAD)),
    search: search.threads.map(({ threadId }) => threadId).sort(),
    total: search.total,
    named: named.threads.length,
    count: (await client.countThreads({ projectId: PROJECT })).count,
    rows: rows.flatMap(({ threads }) => threads.map(({ threadId }) => threadId)).sort(),
    spans: conversations.map(({ spans, spansFeedback }) => [spans.length, spansFeedback.length]),
    streamed: streamed
      .flatMap(({ conversations: all }) => all)
      .map(({ spans, spansFeedback }) => [spans.length, spansFeedback.length]),
  };
}

test.each(Object.keys(PROTOCOLS) as Protocol[])(
  "a thread vanishes from every read at the moment its time is up (%s)",
  async (protocol) => {
    const { store, clock, client, url } = await open(protocol);
    await store.writeSpans([span({ traceId: "one", thread: "a" }), span({ traceId: "two", thread: "b" })]);
    const { thread } = await client.createThread({
      ...THREAD,
      ttl: { strategy: TtlStrategy.DELETE, minutes: 1 },
      states: [{ updatesJson: ['{"n":1}'] }],
    });
    expect(thread?.ttl).toMatchObject({ minutes: 1, strategy: TtlStrategy.DELETE });
    const updated = await client.updateThread({
      ...THREAD,
      ttl: { strategy: TtlStrategy.DELETE, minutes: 2 },
    });
    expect(updated.thread?.ttl?.expiresAt?.seconds).toBe(BigInt(Math.floor((NOW + 2 * MINUTE) / 1_000_000)));
    const target = { case: "conversationId" as const, value: "a" };
    const feedbackType = "wandb.agent_user_feedback";
    await client.createFeedback({ projectId: PROJECT, target, feedbackType });

    clock.time = NOW + 2 * MINUTE - 1;
    expect(await reads(client)).toEqual({
      get: true,
      state: true,
      history: true,
      search: ["a", "b"],
      total: 2n,
      named: 1,
      count: 2n,
      rows: ["a", "b"],
      spans: [[1, 1]],
      streamed: [[1, 1]],
    });
    clock.time += 1;
    const gone = {
      get: "NotFound",
      state: "NotFound",
      history: "NotFound",
      search: ["b"],
      total: 1n,
      named: 0,
      count: 1n,
      rows: ["b"],
      spans: [[0, 0]],
      streamed: [[0, 0]],
    };
    expect(await reads(client)).toEqual(gone);
    const { call } = grpcClient(Number(new URL(url).port));
    expect(await call(ThreadService.method.threadsQuery, { projectId: PROJECT })).toMatchObject([
      { threads: [{ threadId: "b" }] },
    ]);
    expect(await call(ThreadService.method.getThread, THREAD)).toMatchObject({ code: Code.NotFound });
    await expect(client.updateThread(THREAD)).rejects.toMatchObject({ code: Code.NotFound });
    expect(await store.sweepExpired(clock.time, 10)).toBe(1);
    expect(await reads(client)).toEqual(gone);
  },
);

test("the latest state is kept, and its time comes round again", async () => {
  const { clock, client } = await open();
  await client.createThread({ ...THREAD, ttl: { strategy: TtlStrategy.KEEP_LATEST, minutes: 1 } });
  const steps = async () =>
    (await client.listHistory(THREAD)).checkpoints.map(({ valuesJson }) => valuesJson);
  const set = (n: number) => client.setState({ ...THREAD, change: { updatesJson: [`{"n":${n}}`] } });
  const expiry = async () => (await client.getThread(THREAD)).thread?.ttl?.expiresAt?.seconds;
  await set(1);
  await set(2);
  expect(await steps()).toEqual(['{"n":2}', '{"n":1}']);
  const due = await expiry();
  clock.time += MINUTE;
  expect(await steps()).toEqual(['{"n":2}']);
  expect(await expiry()).toBe(due! + 60n);
  await set(3);
  expect(await steps()).toEqual(['{"n":3}', '{"n":2}']);
  clock.time += MINUTE;
  expect(await steps()).toEqual(['{"n":3}']);
});
