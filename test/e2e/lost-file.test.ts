import { copyFileSync, renameSync, unlinkSync } from "node:fs";
import { createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { describe, expect, onTestFinished, test } from "vitest";
import { Health, HealthCheckResponse_ServingStatus as Status } from "../../gen/grpc/health/v1/health_pb.ts";
import { jsonLines, makeFolder, postJson, type SkeinProcess, skein, startSkein } from "./harness.ts";

/** A server with one chat, stopped when the test ends. */
async function open() {
  const { db, remove } = await makeFolder();
  onTestFinished(remove);
  const server = await start(db);
  expect((await createChat(server, "kept")).ok).toBe(true);
  return { db, server };
}

async function start(db: string): Promise<SkeinProcess> {
  const server = await startSkein(db);
  onTestFinished(() => server.kill());
  return server;
}

function createChat({ url }: SkeinProcess, threadId: string): Promise<Response> {
  return fetch(`${url}/api/chat/threads`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ threadId, initialMessage: "Hello" }),
  });
}

async function chats({ url }: SkeinProcess): Promise<string[]> {
  const answer = await fetch(`${url}/api/chat/threads?project_id=default`);
  const { threads } = (await answer.json()) as { threads: { threadId: string }[] };
  return threads.map(({ threadId }) => threadId).sort();
}

/** Resolves when the server says that it is well, or that it is not. */
async function untilHealth({ url }: SkeinProcess, status: string): Promise<void> {
  const health = async () => {
    const response = await fetch(`${url}/health`);
    return [response.status, ((await response.json()) as { status: string }).status];
  };
  await expect.poll(health, { timeout: 20_000 }).toEqual([status === "ok" ? 200 : 503, status]);
}

function servingStatus({ url }: SkeinProcess): Promise<unknown> {
  return createClient(Health, createGrpcTransport({ baseUrl: url })).check({});
}

/** Fails unless writes are refused with a line that says this. */
async function expectRefused(server: SkeinProcess, line: RegExp): Promise<void> {
  const answer = await createChat(server, "late");
  expect(answer.status).toBe(503);
  expect(((await answer.json()) as { detail: string }).detail).toMatch(line);
  await expect(postJson(`${server.url}/v1/traces`, SPAN)).rejects.toThrow(/answered 503: .*skein\.db/);
}

const SPAN = {
  resourceSpans: [
    {
      scopeSpans: [
        {
          spans: [
            {
              traceId: "5b8efff798038103d269b633813fc60c",
              spanId: "eee19b7ec3c1b174",
              name: "chat",
              startTimeUnixNano: "1",
              endTimeUnixNano: "2",
            },
          ],
        },
      ],
    },
  ],
};

test("a database that is moved away is missed until it is back", async () => {
  const { db, server } = await open();
  renameSync(db, `${db}.away`);
  await untilHealth(server, "unavailable");
  await expectRefused(server, /^skein\.db was deleted or moved .* restart Skein$/);
  expect(await servingStatus(server)).toMatchObject({ status: Status.NOT_SERVING });
  expect(await chats(server)).toEqual(["kept"]);

  renameSync(`${db}.away`, db);
  await untilHealth(server, "ok");
  expect(await servingStatus(server)).toMatchObject({ status: Status.SERVING });
  expect((await createChat(server, "back")).ok).toBe(true);
  expect(await chats(server)).toEqual(["back", "kept"]);

  server.child.kill("SIGTERM");
  const { code, errors } = await server.end();
  expect(code).toBe(0);
  const told = jsonLines(errors).map((entry) => (entry as { msg: string }).msg);
  expect(told.filter((msg) => msg.startsWith("skein.db was"))).toHaveLength(1);
  expect(told.filter((msg) => msg.includes("can serve again"))).toHaveLength(1);
});

describe("after a restart", () => {
  test("of a server whose database was deleted, there is a new one", async () => {
    const { db, server } = await open();
    unlinkSync(db);
    await untilHealth(server, "unavailable");
    await expectRefused(server, /^skein\.db was deleted/);
    expect(await server.stop()).toBe(0);
    const next = await start(db);
    expect(await chats(next)).toEqual([]);
    expect((await createChat(next, "new")).ok).toBe(true);
  });

  test("of a server whose database was replaced, the other one is served", async () => {
    const { db, server } = await open();
    expect(await skein("backup", `${db}.backup`, "--db", db).end()).toMatchObject({ code: 0 });
    expect((await createChat(server, "newer than the backup")).ok).toBe(true);
    copyFileSync(`${db}.backup`, `${db}.copy`);
    renameSync(`${db}.copy`, db);
    await untilHealth(server, "unavailable");
    await expectRefused(server, /^skein\.db was replaced/);
    expect(await server.stop()).toBe(0);
    const next = await start(db);
    expect(await chats(next)).toEqual(["kept"]);
    expect((await createChat(next, "new")).ok).toBe(true);
  });

  test.each(["stop", "kill"] as const)(
    "by %s of a server whose log was deleted, all is there",
    async (end) => {
      const { db, server } = await open();
      unlinkSync(`${db}-wal`);
      await untilHealth(server, "unavailable");
      await expectRefused(server, /^skein\.db-wal was deleted/);
      await server[end]();
      expect(await chats(await start(db))).toEqual(["kept"]);
    },
  );
});
