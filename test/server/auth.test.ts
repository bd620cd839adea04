import { fromBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { Metadata } from "@grpc/grpc-js";
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtoExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { Client as Client1 } from "langgraph-sdk-1";
import { Client as Client2 } from "langgraph-sdk-2";
import { beforeEach, describe, expect, test } from "vitest";
import { StatusSchema } from "../../gen/google/rpc/status_pb.ts";
import { Health } from "../../gen/grpc/health/v1/health_pb.ts";
import { ThreadService } from "../../gen/skein/v1/thread_service_pb.ts";
import type { Door } from "../../src/doors/kit/door.ts";
import { READS } from "../../src/doors/kit/identity/access.ts";
import { callerOf, originOf } from "../../src/doors/kit/identity/request-project.ts";
import { langgraphDoor } from "../../src/doors/langgraph/door.ts";
import { otlpDoor } from "../../src/doors/otlp/door.ts";
import { threadServiceDoor } from "../../src/doors/rpc/thread-service.ts";
import { weaveDoor } from "../../src/doors/weave/door.ts";
import type { Store } from "../../src/store/store.ts";
import { span, threadQuery } from "../store/builders.ts";
import { makeKey } from "../store/make-key.ts";
import { createNaiveStore } from "../store/naive-store.ts";
import { readThreads } from "../store/reading.ts";
import { type Running, rpcDoor, start, transports } from "./harness.ts";

let store: Store;
let server: Running;

/** Secrets of keys: one that is right for project `mine`, and those that are not. */
let right: string;
let readOnly: string;
let revoked: string;
let others: string;
let everywhere: string;

const UNKNOWN = `sk_skein_${"x".repeat(43)}`;

beforeEach(async () => {
  store = createNaiveStore();
  right = await makeKey(store, { name: "right", projects: ["mine"] });
  readOnly = await makeKey(store, { name: "reader", projects: ["mine"], role: "read" });
  others = await makeKey(store, { projects: ["theirs", "ours"] });
  everywhere = await makeKey(store, { role: "admin" });
  revoked = await makeKey(store, { name: "revoked", projects: ["mine"] });
  await store.revokeKey("revoked", 1);
  // What is there and what is not must look the same.
  await store.writeSpans([span({ projectId: "mine", thread: "thread" })]);
  const doors = [threadServiceDoor, weaveDoor, langgraphDoor, otlpDoor];
  server = await start({ doors, store });
});

type Headers = Record<string, string>;

const basic = (user: string, key: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${key}`).toString("base64")}`,
});

/** The ways a key can be sent. */
const WAYS: Record<string, (key: string) => Headers> = {
  "Basic, api": (key) => basic("api", key),
  "Basic, any user": (key) => basic("", key),
  Bearer: (key) => ({ authorization: `Bearer ${key}` }),
  "bearer in lower case": (key) => ({ authorization: `bearer ${key}` }),
  "x-api-key": (key) => ({ "x-api-key": key }),
  "x-api-key beside another server's token": (key) => ({
    authorization: "Bearer ey.other",
    "x-api-key": key,
  }),
  "Bearer beside another server's key": (key) => ({
    authorization: `Bearer ${key}`,
    "x-api-key": "lsv2_other",
  }),
};

const now = () => String(BigInt(Date.now()) * 1_000_000n);

function otlpBody(project: string) {
  const attributes = [{ key: "skein.project_id", value: { stringValue: project } }];
  const sent = {
    traceId: "0".repeat(31) + 1,
    spanId: "0".repeat(15) + 1,
    name: "x",
    startTimeUnixNano: now(),
  };
  return { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ spans: [sent] }] }] };
}

/** What a door answers: a read and a write, each of a project; the errors it has. */
interface DoorCase {
  read?: (project: string) => [path: string, body: unknown];
  write: (project: string) => [path: string, body: unknown];
  unauthenticated: unknown;
  forbidden: unknown;
  denied: unknown;
}

const reader = 'The key "reader" may read only; this needs write';

const DOORS: Record<string, DoorCase> = {
  Weave: {
    read: (project_id) => ["/threads/stream_query", { project_id }],
    write: (project_id) => [
      "/feedback/create",
      {
        project_id,
        weave_ref: `weave:///${project_id}/agent_conversation/x`,
        feedback_type: "wandb.reaction.1",
        payload: {},
      },
    ],
    unauthenticated: { detail: "Not authenticated" },
    forbidden: { detail: "Project not found" },
    denied: { reason: reader },
  },
  LangGraph: {
    read: (project) => [`/p/${project}/threads/search`, {}],
    write: (project) => [`/p/${project}/threads`, {}],
    unauthenticated: { detail: "Not authenticated" },
    forbidden: { detail: expect.stringMatching(/^The key does not cover the project "[a-z]+"$/) },
    denied: { detail: reader },
  },
  "OTLP/HTTP": {
    write: (project) => ["/v1/traces", otlpBody(project)],
    unauthenticated: { code: Code.Unauthenticated, message: "Not authenticated" },
    forbidden: { code: Code.PermissionDenied, message: expect.stringContaining("none of the spans") },
    denied: { code: Code.PermissionDenied, message: reader },
  },
  Connect: {
    read: (projectId) => ["/skein.v1.ThreadService/CountThreads", { projectId }],
    write: (projectId) => ["/skein.v1.ThreadService/CreateThread", { projectId }],
    unauthenticated: { code: "unauthenticated", message: "Not authenticated" },
    forbidden: { code: "permission_denied", message: expect.stringContaining("does not cover") },
    denied: { code: "permission_denied", message: reader },
  },
};

async function post([path, body]: [string, unknown], headers: Headers = {}) {
  const response = await fetch(server.url + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const json = response.status === 200 ? null : JSON.parse(text);
  return { status: response.status, json, challenge: response.headers.get("www-authenticate") };
}

describe.each(Object.entries(DOORS))("%s", (_door, { read, write, unauthenticated, forbidden, denied }) => {
  const requests = [...(read ? [read] : []), write];

  test.each(Object.entries(WAYS))("takes a key by %s", async (_way, headers) => {
    for (const request of requests) {
      expect(await post(request("mine"), headers(right))).toMatchObject({ status: 200 });
    }
  });

  test("refuses a request without a key, and one with a key that is none or no more", async () => {
    const bad: Headers[] = [
      {},
      ...[UNKNOWN, revoked, "nonsense", ""].flatMap((key) => Object.values(WAYS).map((way) => way(key))),
      { authorization: right },
      { authorization: `Basic ${right}` },
    ];
    for (const headers of bad) {
      for (const request of requests) {
        const answer = await post(request("mine"), headers);
        expect(answer).toMatchObject({ status: 401, json: unauthenticated });
        expect(answer.challenge).toMatch(/^Basic .*Bearer/);
      }
    }
  });

  test("does not let a key that reads write", async () => {
    if (read) expect(await post(read("mine"), WAYS.Bearer!(readOnly))).toMatchObject({ status: 200 });
    const answer = await post(write("mine"), WAYS.Bearer!(readOnly));
    expect(answer).toMatchObject({ status: 403, json: denied });
  });

  test("does not tell a key of other projects whether a project exists", async () => {
    for (const request of requests) {
      const [there, missing] = [
        await post(request("mine"), WAYS.Bearer!(others)),
        await post(request("gone"), WAYS.Bearer!(others)),
      ];
      expect(there).toMatchObject({ status: 403, json: forbidden });
      expect(JSON.stringify(there).replaceAll("mine", "gone")).toBe(JSON.stringify(missing));
    }
  });

  test("opens every project to a key of all", async () => {
    for (const request of requests) {
      expect(await post(request("anything"), WAYS.Bearer!(everywhere))).toMatchObject({ status: 200 });
    }
  });
});

test("OTLP's protobuf answers are statuses", async () => {
  const type = { "content-type": "application/x-protobuf" };
  const response = await fetch(`${server.url}/v1/traces`, { method: "POST", headers: type });
  expect(response.status).toBe(401);
  const status = fromBinary(StatusSchema, new Uint8Array(await response.arrayBuffer()));
  expect(status.code).toBe(Code.Unauthenticated);
});

async function codeOf(call: Promise<unknown> | AsyncIterable<unknown>): Promise<Code | "done"> {
  try {
    if (Symbol.asyncIterator in call) for await (const _ of call);
    else await call;
    return "done";
  } catch (error) {
    return ConnectError.from(error).code;
  }
}

describe.each(Object.entries(transports))("RPCs over %s", (_protocol, transport) => {
  test("need a key: the unary and the streamed, those that read and those that write", async () => {
    const client = createClient(ThreadService, transport(server.url));
    const calls = {
      count: (headers: Headers) => client.countThreads({ projectId: "mine" }, { headers }),
      stream: (headers: Headers) => client.threadsQuery({ projectId: "mine" }, { headers }),
      create: (headers: Headers) => client.createThread({ projectId: "mine" }, { headers }),
    };
    for (const call of Object.values(calls)) {
      expect(await codeOf(call({}))).toBe(Code.Unauthenticated);
      expect(await codeOf(call(WAYS.Bearer!(revoked)))).toBe(Code.Unauthenticated);
      expect(await codeOf(call(WAYS.Bearer!(others)))).toBe(Code.PermissionDenied);
      for (const way of Object.values(WAYS)) expect(await codeOf(call(way(right)))).toBe("done");
    }
    const onlyReads = WAYS["x-api-key"]!(readOnly);
    expect(await codeOf(calls.count(onlyReads))).toBe("done");
    expect(await codeOf(calls.stream(onlyReads))).toBe("done");
    expect(await codeOf(calls.create(onlyReads))).toBe(Code.PermissionDenied);
  });

  test("of health are open", async () => {
    const client = createClient(Health, transport(server.url));
    expect(await codeOf(client.check({}))).toBe("done");
  });
});

test.each(["/health", "/ok", "/info"])("GET %s is open", async (path) => {
  expect((await fetch(server.url + path)).status).toBe(200);
});

test("an unknown path is a 404, whoever asks", async () => {
  expect((await fetch(`${server.url}/nowhere`)).status).toBe(404);
  const headers = WAYS.Bearer!(readOnly);
  expect((await fetch(`${server.url}/nowhere`, { method: "POST", headers })).status).toBe(404);
});

describe("the project of a request that names none", () => {
  const create = (headers: Headers) => post(["/threads", {}], headers);

  test("is the only project of its key", async () => {
    expect(await create(WAYS.Bearer!(right))).toMatchObject({ status: 200 });
    expect(await store.countThreads(filter("mine"))).toBe(2);
    expect(await store.countThreads(filter("default"))).toBe(0);
  });

  test("is the default one, if the key has several or all", async () => {
    expect(await create(WAYS.Bearer!(everywhere))).toMatchObject({ status: 200 });
    expect(await store.countThreads(filter("default"))).toBe(1);
    expect(await create(WAYS.Bearer!(others))).toMatchObject({ status: 403 });
  });
});

function filter(projectId: string) {
  const any = { threadIds: null, metadata: null, values: null, status: null, uuidsOnly: false };
  return { projectId, now: Date.now() * 1000, ...any };
}

describe("keys that come and go while the server runs", () => {
  test("count from the next request on; the first one closes the doors, and they stay closed", async () => {
    store = createNaiveStore();
    server = await start({ doors: [langgraphDoor], store });
    const status = async (key?: string) =>
      (await post(["/threads/search", {}], key ? WAYS.Bearer!(key) : {})).status;
    expect(await status()).toBe(200);
    expect(await status(UNKNOWN)).toBe(200);
    const key = await makeKey(store, { name: "only" });
    expect(await status()).toBe(401);
    expect(await status(key)).toBe(200);
    await store.revokeKey("only", 1);
    expect(await status(key)).toBe(401);
    expect(await status()).toBe(401);
  });
});

describe("real clients", () => {
  const exporters = {
    grpc: (key: string) => {
      const metadata = new Metadata();
      metadata.set("authorization", `Bearer ${key}`);
      return new GrpcExporter({ url: server.url, metadata });
    },
    json: (key: string) =>
      new JsonExporter({ url: `${server.url}/v1/traces`, headers: { "x-api-key": key } }),
    protobuf: (key: string) =>
      new ProtoExporter({ url: `${server.url}/v1/traces`, headers: basic("api", key) }),
  };

  test.each(Object.entries(exporters))("OTLP exporter, %s", async (_name, exporter) => {
    for (const key of [right, readOnly]) {
      const provider = new TracerProvider({
        spanProcessors: [new BatchSpanProcessor({ exporter: exporter(key) })],
      });
      const attributes = { "session.id": `of ${key}` };
      provider.getTracer("test").startSpan("chat", { attributes }).end();
      await provider.forceFlush().catch(() => {});
      await provider.shutdown().catch(() => {});
    }
    const threads = await readThreads(store, threadQuery({ projectId: "mine" }));
    const ids = threads.map(({ threadId }) => threadId);
    expect(ids).toContain(`of ${right}`);
    expect(ids).not.toContain(`of ${readOnly}`);
  });

  test.each([
    ["1.15.0", Client1],
    ["2.0.0", Client2],
  ])("LangGraph's SDK %s", async (_version, Client) => {
    const connect = (apiKey: string | null) =>
      new Client({ apiUrl: server.url, apiKey, callerOptions: { maxRetries: 0 } }).threads;
    const made = await connect(right).create({ metadata: { a: 1 } });
    expect(await connect(readOnly).get(made.thread_id)).toMatchObject({ metadata: { a: 1 } });
    await expect(connect(readOnly).delete(made.thread_id)).rejects.toMatchObject({ status: 403 });
    await expect(connect(null).get(made.thread_id)).rejects.toMatchObject({ status: 401 });
    await expect(connect(others).get(made.thread_id)).rejects.toMatchObject({ status: 403 });
  });
});

test("a door knows its caller by the name of the key", async () => {
  const door: Door = {
    http: (app) => void app.get("/who", READS, async ({ raw }) => callerOf(originOf(raw))),
  };
  const who = async (url: string, headers: Headers) => (await fetch(`${url}/who`, { headers })).json();
  server = await start({ doors: [door], store });
  expect(await who(server.url, WAYS.Bearer!(readOnly))).toEqual({ keyName: "reader" });
  server = await start({ doors: [door] });
  expect(await who(server.url, WAYS.Bearer!(readOnly))).toEqual({ keyName: null });
});

test("nothing logs a key, not even a fault of the server", async () => {
  const failing = {
    ...rpcDoor({
      countThreads: () => {
        throw new Error("broken");
      },
    }),
    http: (app: Parameters<NonNullable<typeof langgraphDoor.http>>[0]) => {
      app.post("/broken", async (request) => {
        request.log.error({
          headers: request.headers,
          req: { headers: request.headers },
          ...request.headers,
        });
        throw Object.assign(new Error("broken"), { request: { headers: request.headers } });
      });
    },
  };
  server = await start({ doors: [failing], store });
  for (const way of Object.values(WAYS)) {
    for (const key of [right, UNKNOWN]) await post(["/broken", {}], way(key));
    const client = createClient(ThreadService, createGrpcTransport({ baseUrl: server.url }));
    expect(await codeOf(client.countThreads({}, { headers: way(right) }))).toBe(Code.Internal);
  }
  const log = server.log.join("");
  expect(log).toContain("broken");
  expect(log).toContain("[Redacted]");
  for (const secret of [right, UNKNOWN, basic("api", right).authorization.slice(6)]) {
    expect(log).not.toContain(secret);
  }
});

test("a value that refers to another project does not open it", async () => {
  const rows = [{ digest: "row", json: '{"secret":1}' }];
  await store.createTable({ projectId: "team/theirs", digest: "table", rowDigests: ["row"], rows });
  const key = await makeKey(store, { name: "team", projects: ["team/mine"] });
  const read = async (table: string, secret: string) => {
    const value = `weave:///team/theirs/table/${table}`;
    const post = (path: string, body: object) =>
      fetch(server.url + path, {
        method: "POST",
        headers: { ...basic("api", secret), "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    await post("/obj/create", { obj: { project_id: "team/mine", object_id: table, val: value } });
    const response = await post("/refs/read_batch", {
      refs: [`weave:///team/mine/object/${table}:latest/id/row`],
    });
    return { status: response.status, body: await response.json() };
  };
  const notFound = { status: 403, body: { detail: "Project not found" } };
  expect(await read("table", key)).toEqual(notFound);
  expect(await read("none", key)).toEqual(notFound);
  expect(await read("table", everywhere)).toEqual({ status: 200, body: { vals: [{ secret: 1 }] } });
});
