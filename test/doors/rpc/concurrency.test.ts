import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { expect, onTestFinished, test } from "vitest";
import { IfExists } from "../../../gen/skein/v1/thread_record_pb.ts";
import { ThreadService } from "../../../gen/skein/v1/thread_service_pb.ts";
import { threadServiceDoor } from "../../../src/doors/rpc/thread-service.ts";
import { grpcClient } from "../../server/grpc-client.ts";
import { PROJECT } from "../../store/builders.ts";
import { openTemporaryStore } from "../../store/temporary-store.ts";
import { serve } from "../serve.ts";
import { PROTOCOLS, type Protocol } from "./client.ts";

const CALLS = 100;
const THREAD = { projectId: PROJECT, threadId: "a" };
const { method } = ThreadService;

/** One call; resolves to null, or to the code of the error it ended with. */
type Call = (name: "createThread" | "updateThread" | "setState", request: object) => Promise<number | null>;

async function open() {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  const url = await serve(threadServiceDoor, store);
  return { url, reader: createClient(ThreadService, PROTOCOLS.gRPC(url)) };
}

const clients: Record<string, (url: string) => Call> = {
  "grpc-js": (url) => {
    const { call } = grpcClient(Number(new URL(url).port));
    return async (name, request) => {
      const outcome = await call(method[name], request);
      return Array.isArray(outcome) ? null : outcome.code;
    };
  },
  ...Object.fromEntries(
    (["gRPC", "Connect JSON"] satisfies Protocol[]).map((protocol) => [
      protocol,
      (url: string): Call => {
        const client = createClient(ThreadService, PROTOCOLS[protocol](url));
        return (name, request) =>
          client[name](request).then(
            () => null,
            (error) => ConnectError.from(error).code,
          );
      },
    ]),
  ),
};

const all = <T>(call: (i: number) => Promise<T>) =>
  Promise.all(Array.from({ length: CALLS }, (_, i) => call(i)));

test.each(Object.entries(clients))(
  "concurrent updates of different keys all survive (%s)",
  async (_, connect) => {
    const { url, reader } = await open();
    const call = connect(url);
    await reader.createThread(THREAD);
    const codes = await all((i) => call("updateThread", { ...THREAD, metadataJson: `{"k${i}":${i}}` }));
    expect(codes).toEqual(Array(CALLS).fill(null));
    const { thread } = await reader.getThread(THREAD);
    const metadata = JSON.parse(thread!.metadataJson ?? "") as Record<string, number>;
    expect(metadata).toEqual(Object.fromEntries(Array.from({ length: CALLS }, (_, i) => [`k${i}`, i])));
  },
);

test.each(Object.entries(clients))(
  "of concurrent creations of one id one succeeds (%s)",
  async (_, connect) => {
    const { url, reader } = await open();
    const call = connect(url);
    const codes = await all((i) => call("createThread", { ...THREAD, metadataJson: `{"i":${i}}` }));
    expect(codes.filter((code) => code === null)).toHaveLength(1);
    expect(codes.filter((code) => code === Code.AlreadyExists)).toHaveLength(CALLS - 1);
    const winner = codes.indexOf(null);
    const kept = await all((i) =>
      call("createThread", { ...THREAD, metadataJson: `{"other":${i}}`, ifExists: IfExists.DO_NOTHING }),
    );
    expect(kept).toEqual(Array(CALLS).fill(null));
    expect((await reader.getThread(THREAD)).thread?.metadataJson).toBe(`{"i":${winner}}`);
  },
);

test.each(Object.entries(clients))("concurrent states form one history (%s)", async (_, connect) => {
  const { url, reader } = await open();
  const call = connect(url);
  await reader.createThread(THREAD);
  const codes = await all((i) =>
    call("setState", { ...THREAD, change: { updatesJson: [`{"k${i}":${i}}`] } }),
  );
  expect(codes).toEqual(Array(CALLS).fill(null));
  const { checkpoints } = await reader.listHistory({ ...THREAD, limit: CALLS + 1 });
  expect(checkpoints).toHaveLength(CALLS);
  const parents = [...checkpoints.slice(1).map(({ checkpointId }) => checkpointId), ""];
  expect(checkpoints.map(({ parentId }) => parentId)).toEqual(parents);
  const sizes = checkpoints.map(({ valuesJson }) => Object.keys(JSON.parse(valuesJson)).length);
  expect(sizes).toEqual(Array.from({ length: CALLS }, (_, i) => CALLS - i));
});
