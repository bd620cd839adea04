import { toJson } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, test, vi } from "vitest";
import {
  type SearchRequest,
  SearchResponseSchema,
  SearchSortField,
  ThreadDocument,
} from "../../../gen/skein/v1/search_pb.ts";
import { SortDirection } from "../../../gen/skein/v1/thread_pb.ts";
import { ThreadStatus } from "../../../gen/skein/v1/thread_status_pb.ts";
import type { ThreadRecord } from "../../../src/model/threads/thread-record.ts";
import type { RecordBatch, RecordReader } from "../../../src/store/roles/records.ts";
import { NOW } from "../serve.ts";
import { connect, PROTOCOLS, type Protocol } from "./client.ts";
import { EXACT, HOSTILE, record, storeThat } from "./double.ts";

type Question = Partial<Omit<SearchRequest, "$typeName" | "filter">> & { filter?: object };

function batch(threads: ThreadRecord[], said: Partial<RecordBatch> = {}): RecordBatch {
  return { threads, total: null, hasMore: false, ...said };
}

/** A store that answers every search with these batches. */
function searched(batches: Iterable<RecordBatch>) {
  const searchThreads = vi.fn<RecordReader["searchThreads"]>(async function* () {
    yield* batches;
  });
  return { searchThreads, store: storeThat({ searchThreads }) };
}

const times = {
  createdAt: "2026-08-20T00:00:00.250Z",
  updatedAt: "2026-08-20T00:00:00.250001Z",
  stateUpdatedAt: "2026-08-20T00:00:00.250002Z",
};

describe("the answer", () => {
  test.each(Object.keys(PROTOCOLS) as Protocol[])("is a page (%s)", async (protocol) => {
    const {
      values: _values,
      interrupts: _interrupts,
      ...listed
    } = record("no uuid é", {
      status: "interrupted",
      ttl: { strategy: "keep_latest", minutes: 1.5, expiresAt: NOW },
      metadata: EXACT,
    });
    const said = { total: 2 ** 40, hasMore: true };
    const { store } = searched([
      batch([{ ...listed, extracted: ["9007199254740993", "null"] }], said),
      batch([], said),
      batch([{ ...record("b", { values: EXACT, interrupts: EXACT }), extracted: ["null", EXACT] }], said),
    ]);
    const client = await connect(store, protocol);
    const extract = Object.fromEntries([
      ["n", "metadata.n"],
      ["__proto__", "values"],
    ]);
    const answer = await client.search({ projectId: "p", extract, includeTotal: true });
    expect(JSON.stringify(toJson(SearchResponseSchema, answer), null, 1)).toBe(
      JSON.stringify(
        {
          threads: [
            {
              threadId: "no uuid é",
              ...times,
              status: "THREAD_STATUS_INTERRUPTED",
              ttl: {
                strategy: "TTL_STRATEGY_KEEP_LATEST",
                minutes: 1.5,
                expiresAt: "2026-08-20T00:00:00.250Z",
              },
              metadataJson: EXACT,
              extractedJson: { n: "9007199254740993", ["__proto__"]: "null" },
            },
            {
              threadId: "b",
              ...times,
              status: "THREAD_STATUS_IDLE",
              metadataJson: "{}",
              valuesJson: EXACT,
              interruptsJson: EXACT,
              extractedJson: { n: "null", ["__proto__"]: EXACT },
            },
          ],
          nextPageToken: answer.nextPageToken,
          total: String(2 ** 40),
        },
        null,
        1,
      ),
    );
    expect(answer.nextPageToken).not.toBe("");
  });

  test("has no documents that were not read, no values without a state, no total unasked", async () => {
    const { metadata: _metadata, interrupts: _interrupts, values: _values, ...bare } = record("a");
    const { store } = searched([batch([bare, record("b")])]);
    const answer = await (await connect(store)).search({});
    expect(toJson(SearchResponseSchema, answer)).toEqual({
      threads: [
        { threadId: "a", ...times, status: "THREAD_STATUS_IDLE" },
        { threadId: "b", ...times, status: "THREAD_STATUS_IDLE", metadataJson: "{}", interruptsJson: "{}" },
      ],
    });
  });

  test("over the message limit names the paged way, without reading on", async () => {
    let read = 0;
    function* endless() {
      for (;;) yield batch([record(`t${++read}`, { metadata: `{"a":"${"x".repeat(10_000)}"}` })]);
    }
    const client = await connect(searched(endless()).store, "gRPC", { rpcBytes: 100_000 });
    const refusal = await client.search({}).catch(ConnectError.from);
    expect(refusal).toMatchObject({
      code: Code.ResourceExhausted,
      rawMessage: expect.stringMatching(/limit of 100000 bytes.*smaller limit.*page_token/),
    });
    expect(read).toBe(10);
  });
});

describe("the question", () => {
  test("reaches the store in the model's words", async () => {
    const { store, searchThreads } = searched([batch([])]);
    const client = await connect(store);
    await client.search({
      projectId: "p",
      filter: {
        threadIds: ["a", "A"],
        metadataJson: ` ${EXACT}`,
        valuesJson: '{"n":2.0}',
        status: ThreadStatus.BUSY,
        uuidsOnly: true,
      },
      sortBy: SearchSortField.STATUS,
      sortOrder: SortDirection.ASC,
      limit: 1000,
      offset: 7,
      select: [ThreadDocument.VALUES, ThreadDocument.METADATA, ThreadDocument.VALUES],
      extract: { last: "values.messages[-1]..content", settings: "config", root: "interrupts" },
      includeTotal: true,
    });
    expect(searchThreads.mock.calls[0]![0]).toEqual({
      projectId: "p",
      now: NOW,
      threadIds: ["a", "A"],
      metadata: ` ${EXACT}`,
      values: '{"n":2.0}',
      status: "busy",
      uuidsOnly: true,
      sortBy: "status",
      sortOrder: "asc",
      limit: 1000,
      offset: 7,
      after: null,
      documents: ["values", "metadata"],
      extract: [
        { document: "values", steps: ["messages", -1, "content"] },
        { document: "config", steps: [] },
        { document: "interrupts", steps: [] },
      ],
      withTotal: true,
    });
  });

  test("that says nothing is for the ten threads created last, without documents", async () => {
    const { store, searchThreads } = searched([batch([])]);
    const client = await connect(store);
    await client.search({});
    await client.search({ filter: { metadataJson: " {}", valuesJson: "{ }" } });
    const nothing = {
      projectId: "default",
      now: NOW,
      threadIds: null,
      metadata: null,
      values: null,
      status: null,
      uuidsOnly: false,
      sortBy: "created_at",
      sortOrder: "desc",
      limit: 10,
      offset: 0,
      after: null,
      documents: [],
      extract: [],
      withTotal: false,
    };
    expect(searchThreads.mock.calls.map(([query]) => query)).toEqual([nothing, nothing]);
  });

  test.each<[string, Question]>([
    ["limit: must be from 1 to 1000", { limit: 0 }],
    ["limit: must be from 1 to 1000", { limit: 1001 }],
    ["sort_by: must be one of created_at, thread_id, status", { sortBy: 9 as SearchSortField }],
    ["sort_order: must be one of desc, asc", { sortOrder: 9 as SortDirection }],
    ["select.1: must be one of metadata, values, interrupts", { select: [1, 0] }],
    ["select.0: must be one of", { select: [4 as ThreadDocument] }],
    ["filter.status: must be one of idle, busy", { filter: { status: 5 as ThreadStatus } }],
    ["extract.a: must start with one of", { extract: { a: "value" } }],
    ["extract.a: must have an integer", { extract: { a: "values[x]" } }],
    ["extract.1a: must be an alias", { extract: { "1a": "values" } }],
    ["extract.status: must not be the name of a thread's field", { extract: { status: "values" } }],
    [
      "extract: has more than 10 aliases",
      { extract: Object.fromEntries([..."abcdefghijk"].map((alias) => [alias, "values"])) },
    ],
    ["page_token: is not a page token", { pageToken: "nonsense" }],
    [
      "filter.values_json: has more than 100 objects and arrays inside arrays",
      { filter: { valuesJson: `{"a":[${"[],".repeat(100)}[]]}` } },
    ],
  ])("is refused: %s", async (message, request) => {
    const { store, searchThreads } = searched([batch([])]);
    const refusal = await (await connect(store)).search(request).catch(ConnectError.from);
    expect(refusal).toMatchObject({
      code: Code.InvalidArgument,
      rawMessage: expect.stringContaining(message),
    });
    expect(searchThreads).not.toHaveBeenCalled();
  });

  test.each(HOSTILE)("is refused when a filter is %s", async (_name, text, reason) => {
    const client = await connect(storeThat({}));
    for (const field of ["metadataJson", "valuesJson"]) {
      for (const call of [client.search, client.countThreads]) {
        const refusal = await call({ filter: { [field]: text } }).catch(ConnectError.from);
        expect(refusal).toMatchObject({
          code: Code.InvalidArgument,
          rawMessage: expect.stringMatching(reason),
          details: [expect.objectContaining({ type: "google.rpc.BadRequest" })],
        });
      }
    }
  });

  test("whose project the headers contradict is refused", async () => {
    const client = await connect(storeThat({}));
    const headers = { "x-project-id": "q" };
    await expect(client.search({ projectId: "p" }, { headers })).rejects.toThrow("project_id: names");
    await expect(client.countThreads({ projectId: "p" }, { headers })).rejects.toThrow("project_id: names");
  });
});

describe("a page token", () => {
  const sorts: [SearchSortField, (number | string)[]][] = [
    [SearchSortField.UNSPECIFIED, [NOW]],
    [SearchSortField.THREAD_ID, ["b"]],
    [SearchSortField.STATUS, ["idle"]],
    [SearchSortField.CREATED_AT, [NOW]],
    [SearchSortField.UPDATED_AT, [NOW + 1]],
    [SearchSortField.STATE_UPDATED_AT, [NOW + 2]],
  ];

  test.each(sorts)("continues after the last thread of its page (order %i)", async (sortBy, values) => {
    const { store, searchThreads } = searched([
      batch([record("a"), record("b")], { hasMore: true }),
      batch([], { hasMore: true }),
    ]);
    const client = await connect(store);
    const { nextPageToken } = await client.search({ sortBy });
    await client.search({ sortBy, pageToken: nextPageToken, limit: 7, offset: 1, includeTotal: true });
    expect(searchThreads.mock.calls[1]![0]).toMatchObject({
      after: { values, threadId: "b" },
      limit: 7,
      offset: 1,
    });
  });

  test("is there only when more threads match", async () => {
    const client = await connect(searched([batch([record("a")])]).store);
    expect((await client.search({ limit: 1 })).nextPageToken).toBe("");
  });

  test("of another search is refused", async () => {
    const { store } = searched([batch([record("a")], { hasMore: true })]);
    const client = await connect(store);
    const { nextPageToken: pageToken } = await client.search({ projectId: "p" });
    const others: Question[] = [
      { projectId: "q" },
      { sortBy: SearchSortField.UPDATED_AT },
      { sortOrder: SortDirection.ASC },
      { filter: { metadataJson: '{"a":1}' } },
      { filter: { valuesJson: '{"a":1}' } },
      { filter: { threadIds: ["a"] } },
      { filter: { status: ThreadStatus.IDLE } },
      { filter: { uuidsOnly: true } },
    ];
    for (const other of others) {
      const refusal = await client.search({ projectId: "p", ...other, pageToken }).catch(ConnectError.from);
      expect(refusal).toMatchObject({
        code: Code.InvalidArgument,
        rawMessage: expect.stringContaining("page_token: is the token of a query with another"),
      });
    }
  });
});

test("CountThreads asks with the same filter", async () => {
  const countThreads = vi.fn(async () => 2 ** 33);
  const client = await connect(storeThat({ countThreads }), "Connect GET");
  const { count } = await client.countThreads({
    projectId: "p",
    filter: { metadataJson: '{"a":1}', status: ThreadStatus.ERROR },
  });
  expect(count).toBe(2n ** 33n);
  expect(countThreads.mock.calls).toEqual([
    [
      {
        projectId: "p",
        now: NOW,
        threadIds: null,
        metadata: '{"a":1}',
        values: null,
        status: "error",
        uuidsOnly: false,
      },
      expect.objectContaining({ signal: expect.any(AbortSignal) }),
    ],
  ]);
});

test("a client that is gone ends the store's read", async () => {
  const began = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const client = await connect(
    storeThat({
      async *searchThreads(_search, { signal } = {}) {
        signal!.addEventListener("abort", () => ended.resolve());
        began.resolve();
        await ended.promise;
        signal!.throwIfAborted();
        yield batch([]);
      },
    }),
  );
  const gone = new AbortController();
  const answer = client.search({}, { signal: gone.signal }).catch(ConnectError.from);
  await began.promise;
  gone.abort();
  expect(await answer).toMatchObject({ code: Code.Canceled });
  await ended.promise;
});
