import { toJson } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, test, vi } from "vitest";
import {
  CreateThreadResponseSchema,
  GetThreadResponseSchema,
  IfExists,
  TtlStrategy,
} from "../../../gen/skein/v1/thread_record_pb.ts";
import { ThreadStatus } from "../../../gen/skein/v1/thread_status_pb.ts";
import { threadServiceDoor } from "../../../src/doors/rpc/thread-service.ts";
import { isUuid } from "../../../src/model/base/uuid.ts";
import { AlreadyExistsError, NotFoundError } from "../../../src/store/errors.ts";
import type { RecordWriter } from "../../../src/store/roles/records.ts";
import { NOW, serve } from "../serve.ts";
import { connect, PROTOCOLS, type Protocol } from "./client.ts";
import { EXACT, HOSTILE, record, storeThat } from "./double.ts";

const huge = record("a", { metadata: EXACT, values: `{"a":"${"x".repeat(200_000)}"}` });
const bare = {
  threadId: "a",
  createdAt: "2026-08-20T00:00:00.250Z",
  updatedAt: "2026-08-20T00:00:00.250001Z",
  stateUpdatedAt: "2026-08-20T00:00:00.250002Z",
  status: "THREAD_STATUS_IDLE",
};

/** A store that creates whatever it is asked to. */
function creator() {
  const createThread = vi.fn<RecordWriter["createThread"]>(async () => ({ thread: huge, created: true }));
  return { createThread, store: storeThat({ createThread }) };
}

describe("CreateThread", () => {
  test.each(Object.keys(PROTOCOLS) as Protocol[])(
    "answers with the thread, however large its documents (%s)",
    async (protocol) => {
      const client = await connect(creator().store, protocol, { rpcBytes: 10_000 });
      const answer = await client.createThread({ projectId: "p" });
      expect(toJson(CreateThreadResponseSchema, answer)).toEqual({ thread: bare, created: true });
    },
  );

  test("hands on all that it is told", async () => {
    const { store, createThread } = creator();
    const client = await connect(store);
    await client.createThread({
      projectId: "p",
      threadId: "Not a UUID/é",
      metadataJson: EXACT,
      ttl: { strategy: TtlStrategy.KEEP_LATEST, minutes: 0.5, expiresAt: { seconds: 1n } },
      ifExists: IfExists.DO_NOTHING,
      states: [{ updatesJson: ['{"a":1.0}'], asNode: "agent" }, { next: { steps: [] } }],
    });
    const [draft] = createThread.mock.calls[0]!;
    const unsaid = { status: null, next: null, tasks: null, interrupts: null, asNode: null };
    expect(draft).toEqual({
      projectId: "p",
      threadId: "Not a UUID/é",
      metadata: EXACT,
      ttl: { strategy: "keep_latest", minutes: 0.5 },
      ifExists: "do_nothing",
      states: [
        { ...unsaid, checkpointId: expect.any(String), updates: ['{"a":1.0}'], asNode: "agent" },
        { ...unsaid, checkpointId: expect.any(String), updates: [], next: [] },
      ],
      now: NOW,
    });
    expect(new Set(draft.states.map(({ checkpointId }) => isUuid(checkpointId) && checkpointId)).size).toBe(
      2,
    );
  });

  test("makes up what it is not told", async () => {
    const { store, createThread } = creator();
    await (await connect(store)).createThread({});
    const [draft] = createThread.mock.calls[0]!;
    expect(draft).toEqual({
      projectId: "default",
      threadId: expect.any(String),
      metadata: "{}",
      ttl: null,
      ifExists: "raise",
      states: [],
      now: NOW,
    });
    expect(isUuid(draft.threadId)).toBe(true);
  });

  test("says when the thread was there", async () => {
    const createThread = async () => ({ thread: record("a"), created: false });
    const client = await connect(storeThat({ createThread }));
    expect(await client.createThread({ threadId: "a" })).toMatchObject({ created: false });
  });

  test("of a thread that is there is ALREADY_EXISTS", async () => {
    const client = await connect(
      storeThat({ createThread: () => Promise.reject(new AlreadyExistsError("Thread with ID a exists")) }),
    );
    const refusal = await client.createThread({ threadId: "a" }).catch(ConnectError.from);
    expect(refusal).toMatchObject({ code: Code.AlreadyExists, rawMessage: "Thread with ID a exists" });
  });

  test.each<[string, Parameters<Awaited<ReturnType<typeof connect>>["createThread"]>[0]]>([
    ["ttl.minutes: must be a number greater than 0", { ttl: { strategy: 1 } }],
    ["ttl.minutes: must be a number greater than 0", { ttl: { strategy: 1, minutes: -1 } }],
    ["ttl.minutes: must be a number greater than 0", { ttl: { strategy: 1, minutes: Number.NaN } }],
    ["ttl.minutes: must be a number greater than 0", { ttl: { strategy: 1, minutes: Infinity } }],
    ["ttl.strategy: must be one of delete, keep_latest", { ttl: { minutes: 1 } }],
    ["ttl.strategy: must be one of delete, keep_latest", { ttl: { minutes: 1, strategy: 9 as TtlStrategy } }],
    ["if_exists: must be one of raise, do_nothing", { ifExists: 9 as IfExists }],
    ["states.1.updates_json.0: is not JSON", { states: [{}, { updatesJson: [""] }] }],
    [
      "states.0.updates_json.0.messages.1.id: must be the id of the message to remove",
      { states: [{ updatesJson: ['{"messages":[{},{"type":"remove"}]}'] }] },
    ],
    ["states.0.status: must be one of", { states: [{ status: 9 as ThreadStatus }] }],
    ["states.0.tasks_json: must be a JSON array", { states: [{ tasksJson: "{}" }] }],
    ["states.0.interrupts_json: must be a JSON object", { states: [{ interruptsJson: "[]" }] }],
  ])("is refused: %s", async (message, request) => {
    const refusal = await (await connect(storeThat({}))).createThread(request).catch(ConnectError.from);
    expect(refusal).toMatchObject({
      code: Code.InvalidArgument,
      rawMessage: expect.stringContaining(message),
    });
  });

  test("is no GET, as no call that writes", async () => {
    const url = await serve(threadServiceDoor, storeThat({}));
    for (const name of [
      "CreateThread",
      "UpdateThread",
      "DeleteThread",
      "CopyThread",
      "PruneThreads",
      "SetState",
    ]) {
      const path = `${url}/skein.v1.ThreadService/${name}?connect=v1&encoding=json&message={}`;
      expect((await fetch(path)).status).toBe(405);
    }
  });

  test("of an id with half a surrogate pair is refused", async () => {
    const url = await serve(threadServiceDoor, storeThat({}));
    const response = await fetch(`${url}/skein.v1.ThreadService/CreateThread`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"threadId":"\\ud800"}',
    });
    expect([response.status, await response.json()]).toMatchObject([400, { code: "invalid_argument" }]);
  });
});

describe("GetThread", () => {
  test.each(Object.keys(PROTOCOLS) as Protocol[])("returns all documents (%s)", async (protocol) => {
    const getThread = vi.fn(async () =>
      record("a", {
        status: "error",
        ttl: { strategy: "delete", minutes: 1, expiresAt: NOW },
        metadata: EXACT,
        values: EXACT,
        interrupts: EXACT,
      }),
    );
    const client = await connect(storeThat({ getThread }), protocol);
    const answer = await client.getThread({ projectId: "p", threadId: "a" });
    expect(toJson(GetThreadResponseSchema, answer)).toEqual({
      thread: {
        ...bare,
        status: "THREAD_STATUS_ERROR",
        ttl: { strategy: "TTL_STRATEGY_DELETE", minutes: 1, expiresAt: "2026-08-20T00:00:00.250Z" },
        metadataJson: EXACT,
        valuesJson: EXACT,
        interruptsJson: EXACT,
      },
    });
    expect(getThread.mock.calls).toEqual([[{ projectId: "p", threadId: "a", now: NOW }]]);
  });

  test("of an unknown thread is NOT_FOUND", async () => {
    const client = await connect(storeThat({ getThread: async () => null }));
    const refusal = await client.getThread({ threadId: "x" }).catch(ConnectError.from);
    expect(refusal).toMatchObject({ code: Code.NotFound, rawMessage: "Thread with ID x not found" });
  });

  test("over the message limit names another way", async () => {
    const client = await connect(storeThat({ getThread: async () => huge }), "gRPC", { rpcBytes: 100_000 });
    const refusal = await client.getThread({ threadId: "a" }).catch(ConnectError.from);
    expect(refusal).toMatchObject({
      code: Code.ResourceExhausted,
      rawMessage: expect.stringMatching(/limit of 100000 bytes.*Search/),
    });
  });
});

describe("UpdateThread", () => {
  test("hands on what changes, and nothing else", async () => {
    const patchThread = vi.fn(async () => huge);
    const client = await connect(storeThat({ patchThread }), "gRPC", { rpcBytes: 10_000 });
    const { thread } = await client.updateThread({
      projectId: "p",
      threadId: "a",
      metadataJson: '{"a":null}',
      ttl: { strategy: TtlStrategy.DELETE, minutes: 60 },
      status: ThreadStatus.INTERRUPTED,
    });
    expect(thread).toMatchObject({ threadId: "a" });
    expect(thread?.metadataJson).toBeUndefined();
    await client.updateThread({ threadId: "a" });
    expect(patchThread.mock.calls).toEqual([
      [
        {
          projectId: "p",
          threadId: "a",
          metadata: '{"a":null}',
          ttl: { strategy: "delete", minutes: 60 },
          status: "interrupted",
          now: NOW,
        },
      ],
      [{ projectId: "default", threadId: "a", metadata: null, ttl: null, status: null, now: NOW }],
    ]);
  });
});

test("DeleteThread deletes", async () => {
  const deleteThread = vi.fn(async () => ({ messages: 0 }));
  const client = await connect(storeThat({ deleteThread }));
  await client.deleteThread({ projectId: "p", threadId: "a" });
  expect(deleteThread.mock.calls).toEqual([[{ projectId: "p", threadId: "a", now: NOW }]]);
});

test("CopyThread copies to the id it is told, or a new one", async () => {
  const copyThread = vi.fn<RecordWriter["copyThread"]>(async (_key, copyId) => record(copyId));
  const client = await connect(storeThat({ copyThread }));
  const { thread } = await client.copyThread({ projectId: "p", threadId: "a", copyId: "b" });
  expect(thread?.threadId).toBe("b");
  const { thread: other } = await client.copyThread({ threadId: "a" });
  expect(isUuid(other!.threadId)).toBe(true);
  expect(copyThread.mock.calls.map(([key]) => key)).toEqual([
    { projectId: "p", threadId: "a", now: NOW },
    { projectId: "default", threadId: "a", now: NOW },
  ]);
});

describe("PruneThreads", () => {
  test("prunes as it is told", async () => {
    const pruneThreads = vi.fn(async () => 2);
    const client = await connect(storeThat({ pruneThreads }));
    const threadIds = ["a", "b", "b"];
    const answer = await client.pruneThreads({
      projectId: "p",
      threadIds,
      strategy: TtlStrategy.KEEP_LATEST,
    });
    expect(answer.prunedCount).toBe(2n);
    expect(pruneThreads.mock.calls).toEqual([
      [{ projectId: "p", threadIds, strategy: "keep_latest", now: NOW }],
    ]);
  });

  test("without a strategy is refused", async () => {
    const client = await connect(storeThat({}));
    const refusal = await client.pruneThreads({ threadIds: ["a"] }).catch(ConnectError.from);
    expect(refusal).toMatchObject({
      code: Code.InvalidArgument,
      rawMessage: "strategy: must be one of delete, keep_latest",
    });
  });
});

describe("calls on one thread", () => {
  const missing = () => Promise.reject(new NotFoundError("Thread with ID x not found"));

  test("are NOT_FOUND when it is not there", async () => {
    const client = await connect(
      storeThat({
        patchThread: missing,
        deleteThread: missing,
        copyThread: missing,
        setState: missing,
        getState: missing,
      }),
    );
    const { updateThread, deleteThread, copyThread, setState, getState } = client;
    for (const call of [updateThread, deleteThread, copyThread, setState, getState]) {
      const refusal = await call({ threadId: "x" }).catch(ConnectError.from);
      expect(refusal).toMatchObject({ code: Code.NotFound, rawMessage: "Thread with ID x not found" });
    }
  });

  test("must name it", async () => {
    const client = await connect(storeThat({}));
    const { getThread, updateThread, deleteThread, copyThread, setState, getState, listHistory } = client;
    for (const call of [getThread, updateThread, deleteThread, copyThread, setState, getState, listHistory]) {
      const refusal = await call({}).catch(ConnectError.from);
      expect(refusal).toMatchObject({ code: Code.InvalidArgument, rawMessage: "thread_id: is required" });
    }
  });
});

test.each(HOSTILE)("a document %s is refused", async (_name, text, reason) => {
  const client = await connect(storeThat({}));
  const calls = {
    metadata_json: [
      () => client.createThread({ metadataJson: text }),
      () => client.updateThread({ threadId: "a", metadataJson: text }),
      () => client.listHistory({ threadId: "a", metadataJson: text }),
    ],
    "change.updates_json.1": [
      () => client.setState({ threadId: "a", change: { updatesJson: ["{}", text] } }),
    ],
    "change.interrupts_json": [() => client.setState({ threadId: "a", change: { interruptsJson: text } })],
  };
  for (const [field, each] of Object.entries(calls)) {
    for (const call of each) {
      const refusal = await call().catch(ConnectError.from);
      expect(refusal).toMatchObject({
        code: Code.InvalidArgument,
        rawMessage: expect.stringMatching(reason),
      });
      expect((refusal as ConnectError).rawMessage).toMatch(field);
    }
  }
});
