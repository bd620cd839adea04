import { afterEach, expect, test } from "vitest";
import { InvalidRequestError } from "../../src/model/base/errors.ts";
import { createWorkerClient, WorkerEndedError } from "../../src/workers/worker-client.ts";

type Request = number | string | Uint8Array;

const clients: { close(): Promise<void> }[] = [];

function startClient(data?: unknown) {
  const url = new URL("./echo-worker.ts", import.meta.url);
  const client = createWorkerClient<Request, number | string>(url, [InvalidRequestError], data);
  clients.push(client);
  return client;
}

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});

test("answers calls, each its own, whatever their order", async () => {
  const client = startClient();
  const requests = Array.from({ length: 50 }, (_, index) => index);
  expect(await Promise.all(requests.map((request) => client.call(request)))).toEqual(requests);
});

test("the worker finds its data", async () => {
  expect(await startClient("some data").call("data")).toBe("some data");
});

test("moves what is transferred", async () => {
  const bytes = new Uint8Array(1000);
  expect(await startClient().call(bytes, [bytes.buffer])).toBe(1000);
  expect(bytes.length).toBe(0);
});

test("streams side by side", async () => {
  const client = startClient();
  const [three, four, none] = await Promise.all(
    [3, 4, 0].map((limit) => Array.fromAsync(client.stream(limit))),
  );
  expect(three).toEqual([1, 2, 3]);
  expect(four).toEqual([1, 2, 3, 4]);
  expect(none).toEqual([]);
});

test("what a stream returns is its last value, with which it is at its end", async () => {
  const client = startClient();
  expect(await Array.fromAsync(client.stream(-3))).toEqual([3, 2, 1]);
  expect(await Array.fromAsync(client.stream(-1))).toEqual([1]);
  const left = client.stream(-1);
  expect(await left.next()).toEqual({ done: false, value: 1 });
  await left.return();
  expect(await client.call("still there")).toBe("still there");
});

test("a stream left early is released in the worker", async () => {
  const client = startClient();
  for await (const number of client.stream(1_000_000_000)) {
    if (number === 3) break;
  }
  expect(await client.call("released")).toBe(1);
});

test("errors keep their class and fields, and the worker goes on", async () => {
  const client = startClient();
  const error = await client.call("bad").catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(InvalidRequestError);
  expect(error).toMatchObject({
    name: "InvalidRequestError",
    message: "a.1: is bad",
    violations: [{ path: ["a", 1], message: "is bad" }],
  });
  await expect(client.stream("text").next()).rejects.toMatchObject({
    name: "TypeError",
    message: "not a number",
  });
  await expect(client.call("thrown text")).rejects.toThrow("text");
  expect(await client.call("still there")).toBe("still there");
});

test("what cannot be sent fails, and nothing waits for it", async () => {
  const client = startClient();
  const uncloneable = (() => {}) as unknown as string;
  await expect(client.call(uncloneable)).rejects.toMatchObject({ name: "DataCloneError" });
});

test("a worker that ends fails what waits for it, and the next request starts another", async () => {
  const client = startClient();
  const stream = client.stream(10);
  await stream.next();
  await expect(client.call("exit")).rejects.toThrow(WorkerEndedError);
  await expect(stream.next()).rejects.toThrow(WorkerEndedError);
  expect(await client.call("again")).toBe("again");
});

test("a module that cannot be loaded is an error", async () => {
  const client = createWorkerClient<string, string>(new URL("./no-such-worker.ts", import.meta.url));
  const error = await client.call("x").catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(WorkerEndedError);
  expect((error as WorkerEndedError).cause).toMatchObject({ code: "MODULE_NOT_FOUND" });
});

test("closing fails what waits and refuses what comes", async () => {
  const client = startClient();
  const stream = client.stream(10);
  await stream.next();
  const waiting = client.call("never").catch((caught: unknown) => caught);
  await client.close();
  expect(await waiting).toBeInstanceOf(WorkerEndedError);
  await expect(client.call("y")).rejects.toThrow(WorkerEndedError);
  await expect(stream.next()).rejects.toThrow(WorkerEndedError);
});

test("closing what never started is fine", async () => {
  await startClient().close();
});
