import { Code, createClient } from "@connectrpc/connect";
import { describe, expect, test } from "vitest";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/grpc/health/v1/health_pb.ts";
import { grpcClient } from "./grpc-client.ts";
import { echoDoor, start, transports } from "./harness.ts";

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

test("grpc-js can check and watch", async () => {
  const { port, close } = await start();
  const { call } = grpcClient(port);
  expect(await call(Health.method.check, {})).toMatchObject([{ status: Status.SERVING }]);
  const watched = call(Health.method.watch, {});
  expect(await call(Health.method.check, {})).toMatchObject([{ status: Status.SERVING }]);
  await close();
  expect(await watched).toMatchObject([{ status: Status.SERVING }, { status: Status.NOT_SERVING }]);
});
