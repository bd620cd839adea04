import { type Client, Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, onTestFinished, test } from "vitest";
import { type SearchRequest, SearchSortField, ThreadDocument } from "../../../gen/skein/v1/search_pb.ts";
import { SortDirection } from "../../../gen/skein/v1/thread_pb.ts";
import { TtlStrategy } from "../../../gen/skein/v1/thread_record_pb.ts";
import { ThreadService } from "../../../gen/skein/v1/thread_service_pb.ts";
import { ThreadStatus } from "../../../gen/skein/v1/thread_status_pb.ts";
import { threadServiceDoor } from "../../../src/doors/rpc/thread-service.ts";
import type { Store } from "../../../src/store/store.ts";
import { bufCurl } from "../../server/buf-curl.ts";
import { grpcClient } from "../../server/grpc-client.ts";
import { PROJECT, span } from "../../store/builders.ts";
import { createNaiveStore } from "../../store/naive-store.ts";
import { openTemporaryStore } from "../../store/temporary-store.ts";
import { serve } from "../serve.ts";
import { connect, PROTOCOLS, type Protocol } from "./client.ts";
import { EXACT } from "./double.ts";

const { METADATA, VALUES, INTERRUPTS } = ThreadDocument;

const stores: Record<string, () => Promise<Store>> = {
  "the naive store": async () => createNaiveStore("second"),
  SQLite: async () => {
    const { store, close } = await openTemporaryStore();
    onTestFinished(close);
    return store;
  },
};

describe.each(Object.entries(stores))("over %s", (_name, open) => {
  test.each(Object.keys(PROTOCOLS) as Protocol[])("a thread lives and goes (%s)", async (protocol) => {
    const client = await connect(await open(), protocol);
    const a = { projectId: PROJECT, threadId: "a/é" };

    expect(await client.createThread({ ...a, metadataJson: EXACT })).toMatchObject({ created: true });
    const again = await client.createThread(a).catch(ConnectError.from);
    expect(again).toMatchObject({ code: Code.AlreadyExists });
    expect((await client.getState(a)).checkpoint).toBeUndefined();

    const first = await client.setState({
      ...a,
      change: { updatesJson: ['{"n":9007199254740993,"messages":[{"id":"1","content":"hi"}]}'] },
    });
    const second = await client.setState({
      ...a,
      change: {
        updatesJson: ['{"messages":[{"id":"2"}]}'],
        status: ThreadStatus.INTERRUPTED,
        next: { steps: ["ask"] },
        tasksJson: '[{"id":"t"}]',
        interruptsJson: '{"t":[{"value":1.0}]}',
        asNode: "agent",
      },
    });
    expect(second.parentId).toBe(first.checkpointId);

    const { checkpoint } = await client.getState(a);
    expect(checkpoint).toMatchObject({
      checkpointId: second.checkpointId,
      valuesJson: '{"n":9007199254740993,"messages":[{"id":"1","content":"hi"},{"id":"2"}]}',
      next: ["ask"],
      tasksJson: '[{"id":"t"}]',
      interruptsJson: '{"t":[{"value":1.0}]}',
    });
    expect(JSON.parse(checkpoint!.metadataJson)).toMatchObject({ step: 1, as_node: "agent" });

    await client.updateThread({ ...a, metadataJson: '{"team":"blue"}' });
    const { thread } = await client.getThread(a);
    expect(thread).toMatchObject({ threadId: "a/é", status: ThreadStatus.INTERRUPTED });
    expect(thread!.metadataJson).toContain('"n":9007199254740993');
    const { threads, total } = await client.search({
      projectId: PROJECT,
      filter: { metadataJson: '{"team":"blue"}', status: ThreadStatus.INTERRUPTED },
      select: [METADATA, VALUES, INTERRUPTS],
      extract: { last: "values.messages[-1].id", none: "values.messages[9]", n: "values.n" },
      includeTotal: true,
    });
    expect(total).toBe(1n);
    expect(threads).toEqual([
      { ...thread, extractedJson: { last: '"2"', none: "null", n: "9007199254740993" } },
    ]);

    const { thread: copy } = await client.copyThread({ ...a, copyId: "b" });
    expect(copy).toMatchObject({ threadId: "b", status: ThreadStatus.IDLE });
    const b = { projectId: PROJECT, threadId: "b" };
    expect((await client.listHistory(b)).checkpoints).toHaveLength(2);
    const threadIds = ["b", "unknown"];
    const prune = { projectId: PROJECT, threadIds, strategy: TtlStrategy.KEEP_LATEST };
    expect((await client.pruneThreads(prune)).prunedCount).toBe(1n);
    expect((await client.listHistory(b)).checkpoints).toHaveLength(1);

    await client.deleteThread(a);
    for (const call of [client.getThread, client.getState, client.listHistory, client.deleteThread]) {
      expect(await call(a).catch(ConnectError.from)).toMatchObject({
        code: Code.NotFound,
        rawMessage: "Thread with ID a/é not found",
      });
    }
    expect((await client.countThreads({ projectId: PROJECT })).count).toBe(1n);
  });

  test("a state that is not there is NOT_FOUND", async () => {
    const client = await connect(await open());
    const a = { projectId: PROJECT, threadId: "a" };
    await client.createThread({ ...a, states: [{ updatesJson: ['{"a":1}'] }] });
    const [checkpointId, other] = ["018f3c1e-0000-7000-8000-000000000001", "nonsense"];
    for (const call of [
      () => client.getState({ ...a, checkpointId }),
      () => client.getState({ ...a, checkpointId: other }),
      () => client.setState({ ...a, baseCheckpointId: checkpointId }),
      () => client.setState({ ...a, baseCheckpointId: other }),
    ]) {
      expect(await call().catch(ConnectError.from)).toMatchObject({ code: Code.NotFound });
    }
  });

  test("page tokens lead through every order, to threads that spans made too", async () => {
    const store = await open();
    const client = await connect(store);
    await store.writeSpans([
      span({ traceId: "1", thread: "by spans" }),
      span({ traceId: "2", thread: "both" }),
    ]);
    const statuses = [ThreadStatus.IDLE, ThreadStatus.BUSY, ThreadStatus.ERROR];
    const created = ["both", "a", "Ä", "c", "018f3c1e-0000-7000-8000-000000000001", "😀"];
    for (const [place, threadId] of created.entries()) {
      await client.createThread({ projectId: PROJECT, threadId });
      const status = statuses[place % statuses.length]!;
      await client.updateThread({ projectId: PROJECT, threadId, status });
    }
    const fields = Object.values(SearchSortField).filter((field) => typeof field === "number");
    for (const sortBy of fields) {
      for (const sortOrder of [SortDirection.ASC, SortDirection.DESC]) {
        const question = { projectId: PROJECT, sortBy, sortOrder };
        const { threads } = await client.search({ ...question, limit: 1000 });
        expect(threads).toHaveLength(7);
        expect(await walk(client, { ...question, limit: 2 })).toEqual(
          threads.map(({ threadId }) => threadId),
        );
      }
    }
  });

  test("page tokens lead through a history", async () => {
    const client = await connect(await open());
    const a = { projectId: PROJECT, threadId: "a" };
    await client.createThread(a);
    const made: string[] = [];
    for (let step = 0; step < 5; step += 1) {
      const { checkpointId } = await client.setState({ ...a, change: { asNode: step % 2 ? "odd" : "even" } });
      made.unshift(checkpointId);
    }
    for (const [said, expected] of [
      [{}, made],
      [{ before: made[0]! }, made.slice(1)],
      [{ from: made[2]! }, made.slice(2)],
      [{ metadataJson: '{"as_node":"even"}' }, made.filter((_, place) => place % 2 === 0)],
    ] as const) {
      const seen: string[] = [];
      let pageToken = "";
      do {
        const page = await client.listHistory({ ...a, ...said, limit: 2, pageToken });
        seen.push(...page.checkpoints.map(({ checkpointId }) => checkpointId));
        pageToken = page.nextPageToken;
      } while (pageToken !== "");
      expect(seen).toEqual(expected);
    }
  });
});

test("grpc-js and buf curl are answered", async () => {
  const url = await serve(threadServiceDoor, createNaiveStore("second"));
  const { call } = grpcClient(Number(new URL(url).port));
  const { createThread, search, getThread } = ThreadService.method;
  await call(createThread, { projectId: PROJECT, threadId: "a", metadataJson: EXACT });
  const select = [METADATA];
  expect(await call(search, { projectId: PROJECT, select, extract: { n: "metadata.n" } })).toMatchObject([
    { threads: [{ threadId: "a", metadataJson: EXACT, extractedJson: { n: "9007199254740993" } }] },
  ]);
  expect(await call(getThread, { projectId: PROJECT, threadId: "b" })).toMatchObject({
    code: Code.NotFound,
    details: "Thread with ID b not found",
  });
  for (const protocol of ["grpc", "grpcweb", "connect"]) {
    const printed = await bufCurl(protocol, `${url}/skein.v1.ThreadService/Search`, {
      project_id: PROJECT,
      select: ["THREAD_DOCUMENT_METADATA"],
    });
    expect(JSON.parse(printed)).toMatchObject({ threads: [{ threadId: "a", metadataJson: EXACT }] });
  }
});

test("a plain GET searches", async () => {
  const url = await serve(threadServiceDoor, createNaiveStore("second"));
  const message = encodeURIComponent('{"filter":{"metadataJson":"{\\"a\\":1}"},"includeTotal":true}');
  const search = `${url}/skein.v1.ThreadService/Search?connect=v1&encoding=json&message=`;
  const found = await fetch(search + message);
  expect([found.status, await found.json()]).toEqual([200, { total: "0" }]);
  const refused = await fetch(`${search}${encodeURIComponent('{"limit":0}')}`);
  expect([refused.status, await refused.json()]).toMatchObject([400, { code: "invalid_argument" }]);
});

/** The ids of all threads of a search, page by page. */
async function walk(
  client: Client<typeof ThreadService>,
  question: Partial<Omit<SearchRequest, "$typeName">>,
): Promise<string[]> {
  const ids: string[] = [];
  let pageToken = "";
  do {
    const page = await client.search({ ...question, pageToken });
    ids.push(...page.threads.map(({ threadId }) => threadId));
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
  return ids;
}
