import { connect as connectHttp2 } from "node:http2";
import { json } from "node:stream/consumers";
import { createClient } from "@connectrpc/connect";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ThreadService } from "../../gen/skein/v1/thread_service_pb.ts";
import type { Door } from "../../src/doors/kit/door.ts";
import { originOf, originOfCall } from "../../src/doors/kit/identity/request-project.ts";
import { rpcDoor, start, transports } from "./harness.ts";

/** Routes of several shapes that answer with what the request names. */
const door: Door = {
  http(app) {
    for (const url of [
      "/threads",
      "/threads/:thread_id",
      "/threads/:thread_id/history",
      "/call::start",
      "/files/*",
    ]) {
      app.get(url, async (request) => ({ url, params: request.params, ...originOf(request.raw) }));
    }
    app.post("/echo", async ({ body }) => ({ body: body ?? null }));
    app.delete("/threads/:thread_id", async ({ body }) => ({ body: body ?? null }));
    app.get("/fails", async () => {
      throw new Error("the password is swordfish");
    });
  },
};

async function get(url: string, path: string) {
  const response = await fetch(url + path);
  return { status: response.status, body: await response.json() };
}

describe("the project prefix", () => {
  test.each([
    ["/p/acme/threads", "/threads", "acme"],
    ["/p/acme/chat/threads?x=/p/b/threads", "/threads", "acme/chat"],
    ["/p/acme%2Fchat/threads", "/threads", "acme/chat"],
    ["/p/caf%C3%A9/threads/t1", "/threads/:thread_id", "café"],
    ["/p/acme/threads/threads/threads", "/threads/:thread_id", "acme/threads"],
    ["/p/acme/threads/threads", "/threads/:thread_id", "acme"],
    ["/p/acme/threads/history/history", "/threads/:thread_id/history", "acme"],
    ["/p/a/b/call:start", "/call::start", "a/b"],
    ["/p/a/files/x/y/z", "/files/*", "a"],
    ["/threads", "/threads", null],
  ])("%s is %s of %s", async (path, route, prefix) => {
    const { url } = await start({ doors: [door] });
    expect(await get(url, path)).toMatchObject({ status: 200, body: { url: route, prefix } });
  });

  test.each(["/p/acme", "/p/acme/nothing", "/p/a/b/c/threads", "/p//threads", "/p"])(
    "%s is unknown",
    async (path) => {
      const { url } = await start({ doors: [door] });
      expect(await get(url, path)).toEqual({ status: 404, body: { detail: "Not Found" } });
    },
  );

  test("that does not decode is a 400", async () => {
    const { url } = await start({ doors: [door] });
    expect(await get(url, "/p/%zz/threads")).toMatchObject({ status: 400 });
  });

  test("carries any project and leaves the rest as it was", async () => {
    const { url } = await start({ doors: [door] });
    const name = fc
      .string({ unit: "grapheme", minLength: 1 })
      .filter((project) => !/^\.{1,2}$/.test(project));
    const property = fc.asyncProperty(name, name, async (project, threadId) => {
      const path = `/p/${encodeURIComponent(project)}/threads/${encodeURIComponent(threadId)}`;
      expect((await get(url, path)).body).toMatchObject({ prefix: project, params: { thread_id: threadId } });
    });
    await fc.assert(property, { numRuns: 50 });
  });

  test.each(Object.entries(transports))("reaches RPCs over %s", async (_name, transport) => {
    const projects = rpcDoor({
      spans: (_request, { values }) => ({
        conversations: [{ conversationId: originOfCall(values).prefix ?? "" }],
      }),
    });
    const { url } = await start({ doors: [projects] });
    for (const [path, expected] of [
      ["/p/acme", "acme"],
      ["/p/acme/chat", "acme/chat"],
      ["", ""],
    ]) {
      const { conversations } = await createClient(ThreadService, transport(url + path)).spans({});
      expect(conversations[0]?.conversationId).toBe(expected);
    }
  });
});

describe("paths and methods", () => {
  test("an unknown path is a 404", async () => {
    const { url } = await start({ doors: [door] });
    expect(await get(url, "/nothing")).toEqual({ status: 404, body: { detail: "Not Found" } });
  });

  test("another method of a known path is a 405 that names those there are", async () => {
    const { url } = await start({ doors: [door] });
    const response = await fetch(`${url}/p/acme/threads/t1`, { method: "PUT" });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")?.split(", ").sort()).toEqual(["DELETE", "GET", "HEAD"]);
  });

  test("a path parameter may be long", async () => {
    const { url } = await start({ doors: [door] });
    const threadId = "t".repeat(5000);
    expect(await get(url, `/threads/${threadId}`)).toMatchObject({
      body: { params: { thread_id: threadId } },
    });
  });

  test("/health says that the server is well", async () => {
    const { url } = await start();
    expect(await get(url, "/health")).toEqual({ status: 200, body: { status: "ok" } });
  });
});

describe("bodies", () => {
  const headers = { "content-type": "application/json" };

  test("a DELETE may have the JSON type and no body", async () => {
    const { url } = await start({ doors: [door] });
    const response = await fetch(`${url}/threads/t1`, { method: "DELETE", headers });
    expect(response.status).toBe(200);

    const session = connectHttp2(url);
    const stream = session.request(
      { ":path": "/threads/t1", ":method": "DELETE", ...headers },
      { endStream: true },
    );
    expect(await json(stream)).toEqual({ body: null });
    session.close();
  });

  test("a DELETE may have a body", async () => {
    const { url } = await start({ doors: [door] });
    const response = await fetch(`${url}/threads/t1`, { method: "DELETE", headers, body: '{"a":1}' });
    expect(await response.json()).toEqual({ body: { a: 1 } });
  });

  test("JSON may have the keys __proto__ and constructor", async () => {
    const { url } = await start({ doors: [door] });
    const body = '{"__proto__":{"a":1},"constructor":{"prototype":{"b":2}}}';
    const response = await fetch(`${url}/echo`, { method: "POST", headers, body });
    expect(response.status).toBe(200);
  });

  test("over the REST limit is a 413", async () => {
    const { url } = await start({ doors: [door], config: { restLimit: 100 } });
    const body = JSON.stringify("x".repeat(100));
    const response = await fetch(`${url}/echo`, { method: "POST", headers, body });
    expect(response.status).toBe(413);
    expect(await response.json()).toEqual({ detail: expect.any(String) });
  });
});

test("a fault of the server is logged and not told", async () => {
  const { url, log } = await start({ doors: [door] });
  expect(await get(url, "/fails")).toEqual({ status: 500, body: { detail: "Internal Server Error" } });
  expect(log.join("")).toContain("swordfish");
});
