import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { BadRequestSchema, RetryInfoSchema } from "../../gen/google/rpc/error_details_pb.ts";
import { ThreadService } from "../../gen/skein/v1/thread_service_pb.ts";
import { InvalidRequestError, TooLargeError } from "../../src/model/base/errors.ts";
import {
  AlreadyExistsError,
  SnapshotExpiredError,
  StoreBusyError,
  StoreUnavailableError,
} from "../../src/store/errors.ts";
import { rpcDoor, start, transports } from "./harness.ts";

const cases: [Error, Code, string][] = [
  [new InvalidRequestError([{ path: ["limit"], message: "is odd" }]), Code.InvalidArgument, "limit: is odd"],
  [new TooLargeError("ask StreamSpans"), Code.ResourceExhausted, "ask StreamSpans"],
  [new StoreBusyError("the queue is full"), Code.Unavailable, "the queue is full"],
  [new StoreUnavailableError("the disk is full"), Code.Unavailable, "the disk is full"],
  [new SnapshotExpiredError("read for too long"), Code.Aborted, "read for too long"],
  [new AlreadyExistsError("feedback f1 exists"), Code.AlreadyExists, "feedback f1 exists"],
  [new ConnectError("as it is", Code.OutOfRange), Code.OutOfRange, "as it is"],
  [new TypeError("the password is swordfish"), Code.Internal, "internal error"],
];

async function failureOf(call: Promise<unknown>): Promise<ConnectError> {
  return call.then(
    () => expect.fail("the call succeeded"),
    (error) => error as ConnectError,
  );
}

describe.each(Object.entries(transports))("%s", (_name, transport) => {
  test.each(cases)("%s is %i", async (raised, code, message) => {
    const door = rpcDoor({
      spans() {
        throw raised;
      },
      async *streamSpans() {
        yield {};
        throw raised;
      },
    });
    const { url, log } = await start({ doors: [door] });
    const client = createClient(ThreadService, transport(url));

    const unary = await failureOf(client.spans({}));
    expect(unary).toMatchObject({ code, rawMessage: message });
    const messages: unknown[] = [];
    const stream = await failureOf(
      (async () => {
        for await (const part of client.streamSpans({})) messages.push(part);
      })(),
    );
    expect(messages).toHaveLength(1);
    expect(stream).toMatchObject({ code, rawMessage: message });
    expect(log.filter((line) => line.includes("swordfish")).length).toBe(code === Code.Internal ? 2 : 0);
  });

  test("details tell what is wrong and when to try again", async () => {
    const door = rpcDoor({
      spans({ projectId }) {
        if (projectId === "busy") throw new StoreBusyError("the queue is full");
        throw new InvalidRequestError([
          { path: ["filter", "thread_ids", 3], message: "is empty" },
          { path: ["limit"], message: "is negative" },
        ]);
      },
    });
    const { url } = await start({ doors: [door] });
    const client = createClient(ThreadService, transport(url));
    const invalid = await failureOf(client.spans({}));
    expect(invalid.findDetails(BadRequestSchema)).toMatchObject([
      {
        fieldViolations: [
          { field: "filter.thread_ids.3", description: "is empty" },
          { field: "limit", description: "is negative" },
        ],
      },
    ]);
    const busy = await failureOf(client.spans({ projectId: "busy" }));
    expect(busy.findDetails(RetryInfoSchema)).toMatchObject([{ retryDelay: { seconds: 1n } }]);
  });
});

describe("malformed messages are the client's fault", () => {
  const garbage = Uint8Array.of(0x0a, 0x7f);
  const enveloped = Uint8Array.of(0, 0, 0, 0, garbage.length, ...garbage);
  const post = async (method: string, type: string, body: Uint8Array<ArrayBuffer>) => {
    const { url } = await start({ doors: [rpcDoor({})] });
    return fetch(`${url}/skein.v1.ThreadService/${method}`, {
      method: "POST",
      headers: { "content-type": type },
      body,
    });
  };

  test("over Connect", async () => {
    const response = await post("Spans", "application/proto", garbage);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "invalid_argument" });
  });

  test("over Connect JSON", async () => {
    const response = await post("Spans", "application/json", new TextEncoder().encode('{"nonsense":'));
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "invalid_argument" });
  });

  test("in a Connect stream", async () => {
    const response = await post("StreamSpans", "application/connect+proto", enveloped);
    expect(await response.text()).toContain('"code":"invalid_argument"');
  });

  test.each(["Spans", "StreamSpans"])("over gRPC-Web, %s", async (method) => {
    const response = await post(method, "application/grpc-web+proto", enveloped);
    expect(await response.text()).toContain(`grpc-status: ${Code.InvalidArgument}\r\n`);
  });
});
