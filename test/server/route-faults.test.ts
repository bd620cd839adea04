import { fromBinary } from "@bufbuild/protobuf";
import { expect, test } from "vitest";
import { StatusSchema } from "../../gen/google/rpc/status_pb.ts";
import type { Door } from "../../src/doors/kit/door.ts";
import { otlpDoor } from "../../src/doors/otlp/door.ts";
import { weaveDoor } from "../../src/doors/weave/door.ts";
import { startAllDoors } from "./all-doors.ts";
import { http1Sender, http2Sender, type Received, type Sent } from "./send.ts";

const ID = "0198c2f0-7e11-7000-8000-0000000000aa";

/** Changes a request of a route to one with a fault. */
type Fault = Partial<Omit<Sent, "body">> & { body?: string | Uint8Array; last?: string; query?: string };

const json = { "content-type": "application/json" };
const badUtf8 = Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d);
const cutForm = '--XX\r\ncontent-disposition: form-data; name="file"; filename="f"\r\n\r\nabc';

const BODIES: Record<string, string | Uint8Array> = {
  "that ends too early": '{"project_id":"p","thread_id":',
  "that is empty": "",
  "of null": "null",
  "of a list": "[[]]",
  "of nothing that is known": '{"nonsense":{"__proto__":1}}',
  "that is not UTF-8": badUtf8,
  "that nests deeply": `${'{"a":['.repeat(5000)}`,
  "with NUL and half a surrogate pair":
    '{"project_id":"a\\u0000","thread_id":"\\ud800","id":"\\udc00","query":"\\u0000"}',
  "with numbers out of range":
    '{"project_id":"p","limit":-1e999,"offset":99999999999999999999,"ttl":{"ttl":1e-999}}',
  "with values of wrong types":
    '{"project_id":[],"limit":"x","filter":5,"batch":{},"messages":[1],"start":null,"refs":{}}',
};

const TYPES = [
  "text/plain",
  "application/json; charset=utf-16",
  "multipart/form-data",
  "multipart/form-data; boundary=XX",
  "application/x-protobuf",
  "\xff/\xfe",
  "application",
];

const FAULTS: Record<string, Fault> = {
  ...Object.fromEntries(
    Object.entries(BODIES).map(([name, body]) => [`a body ${name}`, { headers: json, body }]),
  ),
  ...Object.fromEntries(
    TYPES.map((type) => [`a body of type ${type}`, { headers: { "content-type": type }, body: cutForm }]),
  ),
  "a body that is not gzip": { headers: { ...json, "content-encoding": "gzip" }, body: "{}" },
  "an unknown compression": { headers: { ...json, "content-encoding": "zstd" }, body: "{}" },
  "headers of odd bytes": {
    headers: {
      ...json,
      "x-project-id": "\xe4",
      accept: "\xff;q=",
      prefer: "\xff",
      authorization: "Basic \xff",
    },
    body: "{}",
  },
  "a host that is none": { headers: { host: "127.0.0.1:99999" } },
  "another method": { method: "PUT", body: "{}" },
  "a path of wrong escapes": { last: "%zz" },
  "a path of bytes that are no text": { last: "%ff%00%ed%a0%80" },
  "a path of a long segment": { last: "x".repeat(10_000) },
  "a prefix of wrong escapes": { path: "/p/%zz/%zz" },
  "a prefix of NUL": { path: "/p/%00/%00" },
  "a query of wrong escapes": { query: "%zz=%zz&limit=%zz&project_id=%ed%a0%80&select=%00" },
  "a query out of range": { query: "limit=-1&offset=99999999999999999999&before=%00&project_id=%00" },
  "a query of wrong lists": {
    query: "select=[&include=[{},1]&limit=1&limit=x&before=a&before=b&__proto__=1",
  },
};

/** Faults that only a parser of HTTP/1.1 meets. */
const HTTP1_FAULTS: Record<string, Fault> = {
  "a length that is none": { headers: { "content-length": "abc" } },
  "chunks that are none": {
    headers: { ...json, "content-length": "", "transfer-encoding": "chunked" } as Record<string, string>,
    body: "zz\r\n{}",
  },
};

/** A route's request with a fault. */
function faulty({ method, url }: { method: string; url: string }, fault: Fault): Sent {
  const filled = url.replace(/:thread_id/g, ID).replace(/:\w+/g, "x");
  const path = fault.last === undefined ? filled : filled.replace(/[^/]+$/, fault.last);
  const body = fault.body === undefined || method === "GET" ? null : Buffer.from(fault.body);
  return {
    method: fault.method ?? method,
    path: `${fault.path ?? ""}${path}${fault.query ? `?${fault.query}` : ""}`,
    headers: fault.headers ?? {},
    body,
  };
}

/** Whether an error is told in the words of a door, or in the server's own where no door was asked. */
function isToldBy(door: Door, { headers, body }: Received): boolean {
  if (headers["content-type"] === "application/x-protobuf")
    return fromBinary(StatusSchema, body).message !== "";
  const told: Record<string, unknown> = JSON.parse(body.toString());
  if (typeof told.detail === "string") return true;
  if (door === weaveDoor) return typeof told.reason === "string" || Array.isArray(told.detail);
  if (door === otlpDoor) return typeof told.code === "number" && typeof told.message === "string";
  return Array.isArray(told.detail);
}

test.each(["HTTP/1.1", "HTTP/2"])(
  "over %s no fault of a client is a failure of the server",
  async (version) => {
    const { url, port, routes, log } = await startAllDoors();
    const send = version === "HTTP/2" ? http2Sender(url) : http1Sender(port);
    const faults = version === "HTTP/2" ? FAULTS : { ...FAULTS, ...HTTP1_FAULTS };
    const wrong: string[] = [];
    expect(routes.length).toBeGreaterThan(40);
    for (const route of routes.filter(({ method }) => !["HEAD", "OPTIONS"].includes(method))) {
      const asked = Object.entries(faults).map(async ([name, fault]) => {
        const request = faulty(route, fault);
        const told = `${request.method} ${route.url} with ${name}`;
        const answer = await send(request).catch((error: Error) => error);
        if (answer instanceof Error) wrong.push(`${told}: ${answer.message}`);
        else if (answer.status >= 500) wrong.push(`${told}: ${answer.status} ${answer.body}`);
        else if (answer.status >= 400 && !(name in HTTP1_FAULTS) && !isToldBy(route.door, answer)) {
          wrong.push(`${told}: ${answer.status} told as ${answer.body}`);
        }
      });
      await Promise.all(asked);
    }
    expect(wrong).toEqual([]);
    expect(log.map((line) => JSON.parse(line)).filter(({ level }) => level > 30)).toEqual([]);
  },
);

test("over HTTP/2 a body is read that tells neither its length nor its type", async () => {
  const { url } = await startAllDoors();
  const send = http2Sender(url);
  const post = async (path: string, body: object) =>
    JSON.parse(
      (
        await send({ method: "POST", path, headers: {}, body: Buffer.from(JSON.stringify(body)) })
      ).body.toString(),
    );
  expect(await post("/threads", { metadata: { a: 1 } })).toMatchObject({ metadata: { a: 1 } });
  expect(await post("/api/chat/threads", { title: "hello" })).toMatchObject({ title: "hello" });
  expect(await post("/call/read", { project_id: "p", id: "c" })).toEqual({ call: null });
});
