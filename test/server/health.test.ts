import { Code, createClient } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/grpc/health/v1/health_pb.ts";
import { createFakeStore } from "./fake-store.ts";
import { grpcClient } from "./grpc-client.ts";
import { echoDoor, start, transports } from "./harness.ts";

/** A store that is in trouble when the test says so. */
function troubledStore() {
  const listeners = new Set<(trouble: string | null) => void>();
  return {
    listeners,
    tell(trouble: string | null) {
      for (const listener of listeners) listener(trouble);
    },
    store: {
      ...createFakeStore(),
      watchHealth(listener: (trouble: string | null) => void) {
        listener(null);
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
  };
}

describe.each(Object.entries(transports))("health over %s", (_name, transport) => {
  test.each(["", "skein.v1.ThreadService", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"])(
    'Check of "%s" is SERVING',
    async (service) => {
      const { url } = await start({ doors: [echoDoor] });
      expect(await createClient(Health, transport(url)).check({ service })).toMatchObject({
        status: Status.SERVING,
      });
    },
  );

  test("Check of an unknown service is NOT_FOUND", async () => {
    const { url } = await start();
    const check = createClient(Health, transport(url)).check({ service: "skein.v1.Nothing" });
    await expect(check).rejects.toMatchObject({ code: Code.NotFound });
  });

  test("Watch outlasts the server's limit, tells of the shutdown and ends with it", async () => {
    const { url, close } = await start({ config: { requestTimeout: 50 } });
    const client = createClient(Health, transport(url));
    const statuses: Status[] = [];
    for await (const { status } of client.watch({})) {
      statuses.push(status);
      if (status === Status.SERVING) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        void close();
      }
    }
    expect(statuses).toEqual([Status.SERVING, Status.NOT_SERVING]);
    await close();
  });

  test("Watch of an unknown service says so and goes on", async () => {
    const { url, close } = await start();
    const statuses: Status[] = [];
    for await (const { status } of createClient(Health, transport(url)).watch({
      service: "skein.v1.Nothing",
    })) {
      statuses.push(status);
      void close();
    }
    expect(statuses).toEqual([Status.SERVICE_UNKNOWN]);
  });
});

test("while the store takes no writes the server is not well, which is logged once, as is the end of that", async () => {
  const { store, tell, listeners } = troubledStore();
  const { url, log, close } = await start({ store });
  const health = async () => {
    const response = await fetch(`${url}/health`);
    return [response.status, await response.json()];
  };
  expect(await health()).toEqual([200, { status: "ok" }]);
  tell("the file is gone: put it back");
  expect(await health()).toEqual([503, { status: "unavailable" }]);
  expect(await health()).toEqual([503, { status: "unavailable" }]);
  tell(null);
  expect(await health()).toEqual([200, { status: "ok" }]);
  const logged = log.map((line) => JSON.parse(line)).filter(({ level }) => level >= 40);
  expect(logged).toMatchObject([
    { level: 50, msg: "the file is gone: put it back" },
    { level: 40, msg: "the store can serve again" },
  ]);
  await close();
  expect(listeners.size).toBe(0);
});

describe.each(Object.entries(transports))("the store's trouble over %s", (_name, transport) => {
  test("Check and Watch tell it, and its end", async () => {
    const { store, tell } = troubledStore();
    const { url, close } = await start({ store });
    const client = createClient(Health, transport(url));
    const watched: Status[] = [];
    for await (const { status } of client.watch({ service: "grpc.health.v1.Health" })) {
      watched.push(status);
      if (watched.length < 4) expect(await client.check({})).toMatchObject({ status });
      if (watched.length === 1) tell("the file is gone");
      if (watched.length === 2) tell(null);
      if (watched.length === 3) void close();
    }
    expect(watched).toEqual([Status.SERVING, Status.NOT_SERVING, Status.SERVING, Status.NOT_SERVING]);
  });
});

test("grpc-js can check and watch", async () => {
  const { port, close } = await start();
  const { call } = grpcClient(port);
  expect(await call(Health.method.check, {})).toMatchObject([{ status: Status.SERVING }]);
  const watched = call(Health.method.watch, {});
  expect(await call(Health.method.check, {})).toMatchObject([{ status: Status.SERVING }]);
  await close();
  expect(await watched).toMatchObject([{ status: Status.SERVING }, { status: Status.NOT_SERVING }]);
});
