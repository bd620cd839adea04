import { brotliCompressSync, gzipSync } from "node:zlib";
import type { DescMethod } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { Client, credentials, type ServiceError } from "@grpc/grpc-js";
import { describe, expect, onTestFinished, test } from "vitest";
import { ThreadService } from "../../gen/skein/v1/thread_service_pb.ts";
import { startAllDoors } from "./all-doors.ts";
import { echoDoor, start } from "./harness.ts";
import { http1Sender, http2Sender, type Received, type Send } from "./send.ts";

/** One way to write a call. */
interface Dialect {
  name: string;
  type: string;
  isJson: boolean;
  /** Whether messages are put into envelopes. */
  isEnveloped: boolean;
  /** The header that names the compression of messages. */
  encoding: string;
  /** The code that an answer ends with; 0 for none. */
  codeOf(answer: Received): Code | 0;
}

/** What is sent, and what it must come to. */
interface Fault {
  body: Uint8Array;
  headers?: Record<string, string>;
  code: Code;
}

const garbage = Uint8Array.of(0x0a, 0x7f);
const nothing = new Uint8Array();

function envelope(flags: number, message: Uint8Array, length = message.length): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(flags);
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

function dialectsOf({ methodKind }: DescMethod): Dialect[] {
  const isStream = methodKind !== "unary";
  const formats = [false, true].map((isJson) => ({ isJson, format: isJson ? "json" : "proto" }));
  const enveloped = { isEnveloped: true, encoding: "grpc-encoding" };
  return formats.flatMap(({ isJson, format }) => [
    {
      name: `gRPC ${format}`,
      type: `application/grpc+${format}`,
      isJson,
      ...enveloped,
      codeOf: codeInTrailers,
    },
    {
      name: `gRPC-Web ${format}`,
      type: `application/grpc-web+${format}`,
      isJson,
      ...enveloped,
      codeOf: codeInBody,
    },
    isStream
      ? {
          name: `Connect stream ${format}`,
          type: `application/connect+${format}`,
          isJson,
          isEnveloped: true,
          encoding: "connect-content-encoding",
          codeOf: codeInJson,
        }
      : {
          name: `Connect ${format}`,
          type: `application/${format}`,
          isJson,
          isEnveloped: false,
          encoding: "content-encoding",
          codeOf: codeInJson,
        },
  ]);
}

function codeInTrailers({ headers, trailers }: Received): Code | 0 {
  return Number(trailers["grpc-status"] ?? headers["grpc-status"]);
}

function codeInBody({ body }: Received): Code | 0 {
  return Number(/grpc-status: (\d+)/.exec(body.toString())?.[1]);
}

function codeInJson({ body }: Received): Code | 0 {
  const name = /"code":"(\w+)"/.exec(body.toString())?.[1] ?? "";
  const found = Object.entries(Code).find(([key]) => key.replace(/\B[A-Z]/g, "_$&").toLowerCase() === name);
  return (found?.[1] as Code | undefined) ?? 0;
}

/** Everything that can be wrong with how a call is written. */
function faultsOf(
  { isEnveloped, isJson, encoding }: Dialect,
  { methodKind }: DescMethod,
): Record<string, Fault> {
  const good = isJson ? Buffer.from("{}") : nothing;
  const put = (message: Uint8Array) => (isEnveloped ? envelope(0, message) : message);
  const packed = (message: Uint8Array) => (isEnveloped ? envelope(1, message) : message);
  const invalid = (body: Uint8Array, headers: Record<string, string> = {}): Fault => ({
    body,
    headers,
    code: Code.InvalidArgument,
  });
  const faults: Record<string, Fault> = {
    "a message that does not parse": invalid(put(isJson ? Buffer.from('{"a":') : garbage)),
    "a message of a wrong type": invalid(put(isJson ? Buffer.from("[1]") : Uint8Array.of(0x0f))),
    "what is not gzip": invalid(packed(Buffer.from("not gzip")), { [encoding]: "gzip" }),
    "gzip that is cut": invalid(packed(gzipSync(Buffer.alloc(100)).subarray(0, 12)), { [encoding]: "gzip" }),
    "what is not brotli": invalid(packed(Buffer.from("not brotli")), { [encoding]: "br" }),
    "brotli that is cut": invalid(packed(brotliCompressSync(Buffer.alloc(1000, "a")).subarray(0, 5)), {
      [encoding]: "br",
    }),
    "a bomb": {
      body: packed(gzipSync(Buffer.alloc(2 ** 21))),
      headers: { [encoding]: "gzip" },
      code: Code.ResourceExhausted,
    },
    "an unknown compression": {
      body: packed(good),
      headers: { [encoding]: "zstd" },
      code: Code.Unimplemented,
    },
    "a timeout that is none": invalid(put(good), { "grpc-timeout": "1x", "connect-timeout-ms": "1x" }),
  };
  // A stream ends with its deadline whatever else is wrong with it.
  if (methodKind === "unary") {
    const headers = { "grpc-timeout": "0n", "connect-timeout-ms": "0" };
    faults["a message that does not parse, too late"] = invalid(
      put(isJson ? Buffer.from('{"a":') : garbage),
      headers,
    );
  }
  if (isJson) faults["half a surrogate pair"] = invalid(put(Buffer.from('"\\ud800"')));
  if (!isEnveloped) return faults;
  Object.assign(faults, {
    "half an envelope's head": invalid(Buffer.alloc(2)),
    "an envelope that is longer than what comes": invalid(envelope(0, good, 100)),
    "an envelope that is shorter than what comes": invalid(envelope(0, Buffer.alloc(40, 0x41), 0)),
    "an envelope over the limit": { body: envelope(0, good, 2 ** 32 - 1), code: Code.ResourceExhausted },
    "a message that says it is compressed": invalid(envelope(1, good)),
    "one that says so in a call that says it is not": invalid(envelope(1, good), { [encoding]: "identity" }),
    "the flag of an end that is the server's": invalid(envelope(0x02, Buffer.from("{}"))),
    "the flag of trailers that are the server's": invalid(envelope(0x80, nothing)),
    "unknown flags": invalid(envelope(0x54, good)),
  } satisfies Record<string, Fault>);
  if (methodKind === "bidi_streaming") return faults;
  return Object.assign(faults, {
    "no message": { body: nothing, code: Code.Unimplemented },
    "two messages": { body: Buffer.concat([put(good), put(good)]), code: Code.Unimplemented },
  } satisfies Record<string, Fault>);
}

/** Sends every fault in every dialect to every RPC; returns what was not answered as it must be. */
async function sendAll(send: Send, rpcs: { method: DescMethod; requestPath: string }[], isHttp2: boolean) {
  const wrong: string[] = [];
  for (const { method, requestPath: path } of rpcs) {
    if (method.methodKind === "bidi_streaming" && !isHttp2) continue;
    for (const dialect of dialectsOf(method).filter(({ name }) => isHttp2 || !name.startsWith("gRPC "))) {
      const asked = Object.entries(faultsOf(dialect, method)).map(async ([name, { body, headers, code }]) => {
        const request = { method: "POST", path, headers: { "content-type": dialect.type, ...headers }, body };
        const answer = await send(request).catch((error: Error) => error);
        const found = answer instanceof Error ? answer.message : dialect.codeOf(answer);
        if (found !== code) wrong.push(`${dialect.name} ${path} with ${name}: ${found}, not ${code}`);
      });
      await Promise.all(asked);
    }
  }
  return wrong;
}

describe("what is wrong with how a call is written is the client's fault, in every RPC", () => {
  test("over HTTP/2", async () => {
    const { url, rpcs, log } = await startAllDoors();
    expect(rpcs.length).toBeGreaterThan(20);
    expect(await sendAll(http2Sender(url), rpcs, true)).toEqual([]);
    expect(log.map((line) => JSON.parse(line)).filter(({ level }) => level > 30)).toEqual([]);
  });

  test("over HTTP/1.1", async () => {
    const { port, rpcs, log } = await startAllDoors();
    expect(await sendAll(http1Sender(port), rpcs, false)).toEqual([]);
    expect(log.map((line) => JSON.parse(line)).filter(({ level }) => level > 30)).toEqual([]);
  });
});

describe("a refusal", () => {
  const path = "/skein.v1.ThreadService/Spans";

  test("of an unknown compression says which are known", async () => {
    const { url } = await start({ doors: [echoDoor] });
    const response = await fetch(url + path, {
      method: "POST",
      headers: { "content-type": "application/json", "content-encoding": "zstd" },
      body: "{}",
    });
    expect(response.headers.get("accept-encoding")).toBe("gzip,br");
    expect(await response.json()).toMatchObject({ code: "unimplemented" });
  });

  test("is short, however long what it refuses is", async () => {
    const { url } = await start({ doors: [echoDoor] });
    const body = Buffer.from(JSON.stringify({ conversationIds: "ä".repeat(100_000) }));
    const { trailers } = await http2Sender(url)({
      method: "POST",
      path,
      headers: { "content-type": "application/grpc+json" },
      body: envelope(0, body),
    });
    expect(trailers["grpc-status"]).toBe(String(Code.InvalidArgument));
    expect(String(trailers["grpc-message"]).length).toBeLessThan(5000);
  });

  test.each([
    ["another method", "PUT", null, 405],
    ["another type", "POST", "text/plain", 415],
    ["another charset", "POST", "application/json; charset=utf-16", 415],
    ["gRPC-Web in base64", "POST", "application/grpc-web-text", 415],
    ["a GET of no known encoding", "GET", null, 415],
  ])("of %s is HTTP's", async (_name, method, type, status) => {
    const { url } = await start({ doors: [echoDoor] });
    const query = method === "GET" ? "?encoding=xml&message={}" : "";
    const headers: Record<string, string> = type === null ? {} : { "content-type": type };
    expect((await fetch(url + path + query, { method, headers })).status).toBe(status);
  });

  test.each([
    ["that is not there", "encoding=json"],
    ["that does not parse", "encoding=proto&message=%0a%7f"],
    ["that is not base64", "encoding=proto&base64=1&message=%ff"],
    ["that is not gzip", "encoding=proto&base64=1&compression=gzip&message=AAAA"],
    ["of wrong escapes", "encoding=json&message=%zz"],
  ])("of a message %s in a GET is INVALID_ARGUMENT", async (_name, query) => {
    const { url } = await start({ doors: [echoDoor] });
    const response = await fetch(`${url}${path}?connect=v1&${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: "invalid_argument" });
  });
});

describe("real clients are told INVALID_ARGUMENT", () => {
  test("grpc-js", async () => {
    const { port } = await start({ doors: [echoDoor] });
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    onTestFinished(() => client.close());
    const { promise, resolve } = Promise.withResolvers<ServiceError | null>();
    client.makeUnaryRequest(
      "/skein.v1.ThreadService/Spans",
      () => Buffer.from(garbage),
      (bytes) => bytes,
      {},
      (error) => resolve(error),
    );
    expect(await promise).toMatchObject({
      code: Code.InvalidArgument,
      details: expect.stringContaining("parse"),
    });
  });

  test.each([
    ["gRPC-Web", createGrpcWebTransport, envelope(0, garbage)],
    ["Connect", createConnectTransport, garbage],
  ])("of browsers, over %s", async (_name, createTransport, body) => {
    const { url } = await start({ doors: [echoDoor] });
    const spoiled: typeof fetch = (input, init) => fetch(input, { ...init, body: Uint8Array.from(body) });
    const transport = createTransport({ baseUrl: url, useBinaryFormat: true, fetch: spoiled });
    const error = await createClient(ThreadService, transport)
      .spans({})
      .catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(ConnectError);
    expect(error).toMatchObject({ code: Code.InvalidArgument });
  });
});
