import { toJson } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { describe, expect, test, vi } from "vitest";
import {
  GetStateResponseSchema,
  type ListHistoryRequest,
  SetStateResponseSchema,
} from "../../../gen/skein/v1/state_pb.ts";
import { ThreadStatus } from "../../../gen/skein/v1/thread_status_pb.ts";
import { isUuid } from "../../../src/model/base/uuid.ts";
import type { Checkpoint } from "../../../src/model/threads/thread-record.ts";
import { NotFoundError } from "../../../src/store/errors.ts";
import type { StateReader, StateWriter } from "../../../src/store/roles/records.ts";
import { NOW } from "../serve.ts";
import { connect, PROTOCOLS, type Protocol } from "./client.ts";
import { checkpoint, EXACT, storeThat } from "./double.ts";

const huge = checkpoint("2", { parentId: "1", values: `{"a":"${"x".repeat(200_000)}"}` });

describe("SetState", () => {
  test("hands on the change, and answers without the values", async () => {
    const setState = vi.fn<StateWriter["setState"]>(async () => huge);
    const client = await connect(storeThat({ setState }), "gRPC", { rpcBytes: 10_000 });
    const answer = await client.setState({
      projectId: "p",
      threadId: "a",
      baseCheckpointId: "1",
      change: {
        updatesJson: [EXACT, "{}"],
        status: ThreadStatus.INTERRUPTED,
        next: { steps: ["agent", ""] },
        tasksJson: ' [{"id":1.0}]',
        interruptsJson: EXACT,
        asNode: "agent",
      },
    });
    expect(toJson(SetStateResponseSchema, answer)).toEqual({
      checkpointId: "2",
      parentId: "1",
      createdAt: "2026-08-20T00:00:00.250Z",
    });
    const [update] = setState.mock.calls[0]!;
    expect(update).toEqual({
      projectId: "p",
      threadId: "a",
      now: NOW,
      baseId: "1",
      change: {
        checkpointId: expect.any(String),
        updates: [EXACT, "{}"],
        status: "interrupted",
        next: ["agent", ""],
        tasks: ' [{"id":1.0}]',
        interrupts: EXACT,
        asNode: "agent",
      },
    });
    expect(isUuid(update.change.checkpointId)).toBe(true);
  });

  test("that says nothing changes nothing", async () => {
    const setState = vi.fn<StateWriter["setState"]>(async () => checkpoint("1"));
    const client = await connect(storeThat({ setState }));
    expect(await client.setState({ threadId: "a" })).toMatchObject({ checkpointId: "1", parentId: "" });
    await client.setState({ threadId: "a", change: { next: {} } });
    const nothing = { updates: [], status: null, next: null, tasks: null, interrupts: null, asNode: null };
    expect(setState.mock.calls.map(([update]) => update)).toMatchObject([
      { baseId: null, change: nothing },
      { baseId: null, change: { ...nothing, next: [] } },
    ]);
  });
});

describe("GetState", () => {
  test.each(Object.keys(PROTOCOLS) as Protocol[])("returns a state whole (%s)", async (protocol) => {
    const getState = vi.fn(async () =>
      checkpoint("2", {
        parentId: "1",
        values: EXACT,
        next: ["agent", "tools"],
        tasks: '[{"n":9007199254740993}]',
        interrupts: EXACT,
        metadata: '{"source":"update","step":3}',
      }),
    );
    const client = await connect(storeThat({ getState }), protocol);
    const answer = await client.getState({ projectId: "p", threadId: "a", checkpointId: "2" });
    expect(toJson(GetStateResponseSchema, answer)).toEqual({
      checkpoint: {
        checkpointId: "2",
        parentId: "1",
        createdAt: "2026-08-20T00:00:00.250Z",
        valuesJson: EXACT,
        next: ["agent", "tools"],
        tasksJson: '[{"n":9007199254740993}]',
        interruptsJson: EXACT,
        metadataJson: '{"source":"update","step":3}',
      },
    });
    expect(getState.mock.calls).toEqual([[{ projectId: "p", threadId: "a", now: NOW, checkpointId: "2" }]]);
  });

  test("of a thread without one is empty", async () => {
    const getState = vi.fn(async () => null);
    const client = await connect(storeThat({ getState }));
    expect((await client.getState({ threadId: "a" })).checkpoint).toBeUndefined();
    expect(getState.mock.calls).toMatchObject([[{ checkpointId: null }]]);
  });

  test("over the message limit names another way", async () => {
    const client = await connect(storeThat({ getState: async () => huge }), "gRPC", { rpcBytes: 100_000 });
    const refusal = await client.getState({ threadId: "a" }).catch(ConnectError.from);
    expect(refusal).toMatchObject({
      code: Code.ResourceExhausted,
      rawMessage: expect.stringMatching(/limit of 100000 bytes.*Search/),
    });
  });
});

describe("ListHistory", () => {
  /** A store whose every history has these states. */
  function listed(batches: Iterable<Checkpoint[]>) {
    const listStates = vi.fn<StateReader["listStates"]>(async function* () {
      yield* batches;
    });
    return { listStates, store: storeThat({ listStates }) };
  }

  const states = (...ids: string[]) => ids.map((id) => checkpoint(id));
  const ids = (checkpoints: { checkpointId: string }[]) =>
    checkpoints.map(({ checkpointId }) => checkpointId);

  test("asks the store in the model's words", async () => {
    const { store, listStates } = listed([]);
    const client = await connect(store);
    await client.listHistory({
      projectId: "p",
      threadId: "a",
      limit: 1000,
      before: "9",
      from: "8",
      metadataJson: EXACT,
    });
    const { checkpoints, nextPageToken } = await client.listHistory({ threadId: "a" });
    expect([checkpoints, nextPageToken]).toEqual([[], ""]);
    expect(listStates.mock.calls.map(([query]) => query)).toEqual([
      { projectId: "p", threadId: "a", now: NOW, limit: 1001, before: "9", from: "8", metadata: EXACT },
      { projectId: "default", threadId: "a", now: NOW, limit: 11, before: null, from: null, metadata: null },
    ]);
  });

  test.each(Object.keys(PROTOCOLS) as Protocol[])("goes on page by page (%s)", async (protocol) => {
    const { store, listStates } = listed([states("9", "8"), [], states("7")]);
    const client = await connect(store, protocol);
    const question = { threadId: "a", before: "99", from: "9", metadataJson: '{"a":1}' };
    const page = await client.listHistory({ ...question, limit: 2 });
    expect(ids(page.checkpoints)).toEqual(["9", "8"]);
    const last = await client.listHistory({ ...question, limit: 3, pageToken: page.nextPageToken });
    expect(ids(last.checkpoints)).toEqual(["9", "8", "7"]);
    expect(last.nextPageToken).toBe("");
    expect(listStates.mock.calls[1]![0]).toMatchObject({
      before: "8",
      from: "9",
      metadata: '{"a":1}',
      limit: 4,
    });
  });

  test("takes no page token of another history", async () => {
    const client = await connect(listed([states("9", "8")]).store);
    const { nextPageToken: pageToken } = await client.listHistory({ threadId: "a", limit: 1 });
    const others: Partial<Omit<ListHistoryRequest, "$typeName">>[] = [
      { projectId: "q" },
      { threadId: "b" },
      { before: "8" },
      { from: "8" },
      { metadataJson: '{"a":1}' },
    ];
    for (const other of others) {
      const refusal = await client
        .listHistory({ threadId: "a", ...other, pageToken })
        .catch(ConnectError.from);
      expect(refusal).toMatchObject({
        code: Code.InvalidArgument,
        rawMessage: expect.stringContaining("page_token: is the token of a query with another"),
      });
    }
    await expect(client.listHistory({ threadId: "a", pageToken: "*" })).rejects.toThrow(
      "is not a page token",
    );
    await expect(client.listHistory({ threadId: "a", limit: 0 })).rejects.toThrow("limit: must be from 1");
  });

  test("over the message limit names the paged way, without reading on", async () => {
    let read = 0;
    function* endless() {
      for (;;) yield [checkpoint(`${++read}`, { values: `{"a":"${"x".repeat(10_000)}"}` })];
    }
    const client = await connect(listed(endless()).store, "gRPC", { rpcBytes: 100_000 });
    const refusal = await client.listHistory({ threadId: "a", limit: 100 }).catch(ConnectError.from);
    expect(refusal).toMatchObject({
      code: Code.ResourceExhausted,
      rawMessage: expect.stringMatching(/limit of 100000 bytes.*smaller limit.*page_token/),
    });
    expect(read).toBe(10);
  });

  test("of an unknown thread is NOT_FOUND", async () => {
    function* missing(): Generator<Checkpoint[]> {
      yield [];
      throw new NotFoundError("Thread with ID x not found");
    }
    const client = await connect(listed(missing()).store);
    const refusal = await client.listHistory({ threadId: "x" }).catch(ConnectError.from);
    expect(refusal).toMatchObject({ code: Code.NotFound, rawMessage: "Thread with ID x not found" });
  });
});
