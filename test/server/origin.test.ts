import { request as httpRequest } from "node:http";
import { connect as connectHttp2 } from "node:http2";
import { json } from "node:stream/consumers";
import { describe, expect, test } from "vitest";
import { isLoopback } from "../../src/server/origin.ts";
import { makeKey } from "../store/make-key.ts";
import { createNaiveStore } from "../store/naive-store.ts";
import { echoDoor, type Running, start } from "./harness.ts";

/** Sends a GET with headers that fetch does not let through. */
async function get({ port }: Running, headers: Record<string, string>, path = "/health") {
  const { promise, resolve, reject } = Promise.withResolvers<import("node:http").IncomingMessage>();
  httpRequest({ port, host: "127.0.0.1", path, headers }, resolve).on("error", reject).end();
  const response = await promise;
  return { status: response.statusCode, headers: response.headers, body: await json(response) };
}

test.each([
  ["127.0.0.1", true],
  ["127.8.8.8", true],
  ["localhost", true],
  ["LOCALHOST.", true],
  ["app.localhost", true],
  ["::1", true],
  ["[::1]", true],
  ["0.0.0.0", false],
  ["127.evil.example", false],
  ["localhost.evil.example", false],
  ["192.168.1.2", false],
  ["", false],
])("isLoopback(%s) is %s", (host, expected) => expect(isLoopback(host)).toBe(expected));

describe("the Host header", () => {
  test.each(["localhost", "127.0.0.1:80", "[::1]:7337", "skein.localhost"])("%s passes", async (host) => {
    expect(await get(await start(), { host })).toMatchObject({ status: 200 });
  });

  test.each(["evil.example", "evil.example:7337", "127.0.0.1.evil.example"])(
    "%s is refused",
    async (host) => {
      const { status, body } = await get(await start(), { host });
      expect(status).toBe(403);
      expect(body).toEqual({ detail: expect.stringContaining(host.split(":")[0]!) });
    },
  );

  test("that is no host is a 400", async () => {
    expect(await get(await start(), { host: "a b" })).toMatchObject({ status: 400 });
  });

  test("of --allowed-host passes", async () => {
    const server = await start({ config: { allowedHost: ["skein.example"] } });
    expect(await get(server, { host: "Skein.example:80" })).toMatchObject({ status: 200 });
    expect(await get(server, { host: "other.example" })).toMatchObject({ status: 403 });
  });

  test("is not looked at on an address that others may call", async () => {
    const server = await start({ config: { host: "0.0.0.0" } });
    expect(await get(server, { host: "skein.example" })).toMatchObject({ status: 200 });
  });

  test("of HTTP/2 is :authority", async () => {
    const { url } = await start({ doors: [echoDoor] });
    const session = connectHttp2(url);
    const path = "/skein.v1.ThreadService/Spans";
    const stream = session.request({ ":path": path, ":method": "POST", ":authority": "evil.example" });
    const [headers] = await Promise.all([
      new Promise<Record<string, unknown>>((resolve) => stream.once("response", resolve)),
      json(stream.end()),
    ]);
    expect(headers[":status"]).toBe(403);
    session.close();
  });
});

describe("where there are keys", () => {
  async function locked(config: Parameters<typeof start>[0] = {}) {
    const store = createNaiveStore();
    const key = await makeKey(store);
    return { key, server: await start({ doors: [echoDoor], store, ...config }) };
  }

  test("any Host passes: a page that rebinds its name has no key", async () => {
    const { server } = await locked();
    expect(await get(server, { host: "skein.example" })).toMatchObject({ status: 200 });
    expect(await get(server, { host: "a b" })).toMatchObject({ status: 400 });
  });

  test("pages of other origins still need --cors-origin, whatever key they send", async () => {
    const { server, key } = await locked();
    const headers = { origin: "https://app.example", "x-api-key": key };
    expect(await get(server, headers)).toMatchObject({ status: 403 });
  });

  test("a page may ask whether it may send a key, and read the refusal of a wrong one", async () => {
    const origin = "https://app.example";
    const { server } = await locked({ config: { corsOrigin: [origin] } });
    const url = `${server.url}/skein.v1.ThreadService/Spans`;
    const preflight = await fetch(url, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,x-api-key",
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("access-control-allow-headers")).toBe("authorization,x-api-key");
    const refused = await fetch(url, {
      method: "POST",
      headers: { origin, "content-type": "application/json" },
    });
    expect(refused.status).toBe(401);
    expect(refused.headers.get("access-control-allow-origin")).toBe(origin);
  });
});

describe("web pages", () => {
  test("of loopback origins may call", async () => {
    const origin = "http://localhost:5173";
    const { status, headers } = await get(await start(), { origin });
    expect(status).toBe(200);
    expect(headers["access-control-allow-origin"]).toBe(origin);
    const exposed = headers["access-control-expose-headers"];
    for (const name of ["grpc-status", "content-location", "x-pagination-total", "x-pagination-next"]) {
      expect(exposed?.toLowerCase()).toContain(name);
    }
  });

  test.each(["https://evil.example", "null", "http://localhost.evil.example"])(
    "of %s may not",
    async (origin) => {
      const { status, headers, body } = await get(await start(), { origin });
      expect(status).toBe(403);
      expect(headers["access-control-allow-origin"]).toBeUndefined();
      expect(body).toEqual({ detail: expect.stringContaining("--cors-origin") });
    },
  );

  test("of --cors-origin may call", async () => {
    const server = await start({ config: { corsOrigin: ["https://app.example"] } });
    expect(await get(server, { origin: "https://app.example" })).toMatchObject({ status: 200 });
    expect(await get(server, { origin: "https://app.example:444" })).toMatchObject({ status: 403 });
  });

  test('of any origin may call with --cors-origin "*"', async () => {
    const server = await start({ config: { corsOrigin: ["*"] } });
    expect(await get(server, { origin: "https://any.example" })).toMatchObject({
      status: 200,
      headers: { "access-control-allow-origin": "https://any.example" },
    });
  });

  test("of the server's own origin may call", async () => {
    const server = await start({ config: { host: "0.0.0.0" } });
    const host = "skein.example:7337";
    expect(await get(server, { host, origin: `http://${host}` })).toMatchObject({ status: 200 });
  });

  test("get an answer to their preflight that browsers may keep", async () => {
    const { url } = await start({ doors: [echoDoor] });
    const response = await fetch(`${url}/skein.v1.ThreadService/Spans`, {
      method: "OPTIONS",
      headers: {
        origin: "http://127.0.0.1:3000",
        "access-control-request-method": "POST",
        "access-control-request-headers": "connect-protocol-version,content-type,x-grpc-web,x-project-id",
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-origin")).toBe("http://127.0.0.1:3000");
    expect(response.headers.get("access-control-allow-headers")).toContain("x-grpc-web");
    expect(response.headers.get("access-control-allow-methods")).toContain("POST");
    expect(Number(response.headers.get("access-control-max-age"))).toBeGreaterThan(0);
  });

  test("see the headers of an RPC's answer", async () => {
    const { url } = await start({ doors: [echoDoor] });
    const response = await fetch(`${url}/skein.v1.ThreadService/Spans`, {
      method: "POST",
      headers: { origin: "http://localhost:3000", "content-type": "application/json" },
      body: "{}",
    });
    expect(response.headers.get("access-control-allow-origin")).toBe("http://localhost:3000");
    expect(response.headers.get("access-control-expose-headers")).toMatch(/grpc-status/i);
  });
});
