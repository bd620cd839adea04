import { gzipSync } from "node:zlib";
import { toBinary } from "@bufbuild/protobuf";
import { anyUnpack } from "@bufbuild/protobuf/wkt";
import { Code } from "@connectrpc/connect";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RetryInfoSchema } from "../../../gen/google/rpc/error_details_pb.ts";
import {
  type ExportTraceServiceRequest,
  ExportTraceServiceRequestSchema,
} from "../../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import { StoreBusyError, StoreUnavailableError } from "../../../src/store/errors.ts";
import { makeKey } from "../../store/make-key.ts";
import { exportOf, id, otlpJson, span } from "./support/otlp-messages.ts";
import { type OtlpServer, startOtlpServer } from "./support/otlp-server.ts";
import { answerOf, JSON_TYPE, jsonOf, PROTOBUF, post, statusOf } from "./support/post.ts";

const LIMIT = 1024 * 1024;

let server: OtlpServer;
let url: string;

beforeEach(async () => {
  server = await startOtlpServer({ otlpBytes: LIMIT });
  url = `${server.url}/v1/traces`;
});

afterEach(() => server.close());

function binary(request: ExportTraceServiceRequest): Uint8Array {
  return toBinary(ExportTraceServiceRequestSchema, request);
}

/** An export of many spans with ids from 1 on, of about 300 bytes each. */
function many(count: number): ExportTraceServiceRequest {
  return exportOf(
    Array.from({ length: count }, (_, index) => span({ text: "x".repeat(200) }, {}, index + 1)),
  );
}

function storedIds(): string[] {
  return server.writer.spans().map(({ spanId }) => spanId);
}

describe("an export that is taken", () => {
  test.each(["/v1/traces", "/otel/v1/traces", "/agents/otel/v1/traces"])("at %s", async (path) => {
    const response = await post(server.url + path, binary(exportOf([span()])));
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(PROTOBUF);
    expect((await answerOf(response)).partialSuccess).toBeUndefined();
    expect(storedIds()).toEqual(["0000000000000001"]);
  });

  test("in JSON, whatever the parameters of its type", async () => {
    for (const type of [JSON_TYPE, "application/json; charset=utf-8", "Application/JSON;charset=UTF-8"]) {
      const response = await post(url, otlpJson(exportOf([span()])), { "content-type": type });
      expect([response.status, response.headers.get("content-type")]).toEqual([
        200,
        `${JSON_TYPE}; charset=utf-8`,
      ]);
      expect(await response.json()).toEqual({});
    }
    expect(storedIds()).toHaveLength(3);
  });

  test("compressed", async () => {
    const headers = { "content-type": PROTOBUF, "content-encoding": "gzip" };
    expect((await post(url, gzipSync(binary(exportOf([span()]))), headers)).status).toBe(200);
    const json = gzipSync(otlpJson(exportOf([span()])));
    expect((await post(url, json, { ...headers, "content-type": JSON_TYPE })).status).toBe(200);
    expect(storedIds()).toHaveLength(2);
  });

  test("with nothing in it", async () => {
    expect((await post(url, new Uint8Array())).status).toBe(200);
    expect((await post(url, "{}", { "content-type": JSON_TYPE })).status).toBe(200);
    expect(server.writer.batches).toEqual([]);
  });

  test("too large for one chunk, in chunks of bounded size that hold every span once", async () => {
    for (const [body, type] of [
      [binary(many(1000)), PROTOBUF],
      [otlpJson(many(1000)), JSON_TYPE],
    ] as const) {
      server.writer.batches = [];
      expect((await post(url, body, { "content-type": type })).status).toBe(200);
      const sizes = server.writer.batches.map((batch) => batch.length);
      expect(sizes.length).toBeGreaterThan(3);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(256);
      expect(storedIds()).toEqual(
        Array.from({ length: 1000 }, (_, index) => (index + 1).toString(16).padStart(16, "0")),
      );
    }
  });

  test("is answered only when all of it is stored", async () => {
    const gate = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    server.writer.beforeWrite = () => {
      reached.resolve();
      return gate.promise;
    };
    let isAnswered = false;
    const answered = post(url, binary(many(1000))).then((response) => {
      isAnswered = true;
      return response;
    });
    await reached.promise;
    expect(isAnswered).toBe(false);
    expect(server.writer.batches).toEqual([]);
    gate.resolve();
    expect((await answered).status).toBe(200);
    expect(storedIds()).toHaveLength(1000);
  });
});

describe("partial success", () => {
  test("stores the good spans, counts and explains the others", async () => {
    const spans = [
      span(),
      span({}, { traceId: id(16, 0) }),
      span({}, { startTimeUnixNano: 0n }),
      span({}, { spanId: id(8, 0) }),
    ];
    spans.push(span({}, { spanId: id(8, 0) }));
    const answer = await answerOf(await post(url, binary(exportOf(spans))));
    expect(answer.partialSuccess).toMatchObject({
      rejectedSpans: 4n,
      errorMessage:
        "trace_id is zero (1 span); start_time_unix_nano is 0 (1 span); span_id is zero (2 spans)",
    });
    expect(storedIds()).toEqual(["0000000000000001"]);

    const json = await post(url, otlpJson(exportOf(spans)), { "content-type": JSON_TYPE });
    expect(await json.json()).toMatchObject({ partialSuccess: { rejectedSpans: "4" } });
  });
});

describe("the project", () => {
  const projectOf = async (resource: Record<string, string>, headers: Record<string, string> = {}) => {
    server.writer.batches = [];
    const response = await post(url, binary(exportOf([span()], resource)), {
      "content-type": PROTOBUF,
      ...headers,
    });
    return response.status === 200 ? server.writer.spans()[0]?.projectId : response.status;
  };

  test("is the resource's, else a header's, else the default", async () => {
    const wandb = { "wandb.entity": "e", "wandb.project": "p" };
    expect(await projectOf({ ...wandb, "skein.project_id": "s" }, { project_id: "h" })).toBe("s");
    expect(await projectOf(wandb, { project_id: "h" })).toBe("e/p");
    expect(await projectOf({ "wandb.entity": "e" }, { project_id: "h" })).toBe("h");
    expect(await projectOf({}, { "x-project-id": "x" })).toBe("x");
    expect(await projectOf({})).toBe("default");
  });

  test("named differently by two headers is an error", async () => {
    expect(await projectOf({}, { project_id: "h", "x-project-id": "x" })).toBe(400);
    expect(await projectOf({}, { project_id: "h", "x-project-id": "h" })).toBe("h");
  });

  test("too long for an id refuses its spans", async () => {
    const response = await post(url, binary(exportOf([span()], { "skein.project_id": "x".repeat(1025) })));
    expect((await answerOf(response)).partialSuccess?.rejectedSpans).toBe(1n);
  });
});

describe("projects the key does not cover", () => {
  test("refuse their spans; when they are all there is, the export", async () => {
    const guarded = await startOtlpServer();
    const mine = await makeKey(guarded.keys, { projects: ["mine"] });
    const nobodys = await makeKey(guarded.keys, { projects: ["a", "b"] });
    const request = exportOf([span()], { "skein.project_id": "mine" });
    request.resourceSpans.push(...exportOf([span({}, {}, 2)], { "skein.project_id": "other" }).resourceSpans);
    const send = (key: string) =>
      post(`${guarded.url}/v1/traces`, binary(request), { "content-type": PROTOBUF, "x-api-key": key });

    expect((await answerOf(await send(mine))).partialSuccess).toMatchObject({
      rejectedSpans: 1n,
      errorMessage: 'the project "other" may not be written (1 span)',
    });
    expect(guarded.writer.spans().map(({ projectId }) => projectId)).toEqual(["mine"]);

    const refused = await send(nobodys);
    expect(refused.status).toBe(403);
    expect((await statusOf(refused)).code).toBe(Code.PermissionDenied);
    expect(guarded.writer.spans()).toHaveLength(1);
  });
});

describe("an export that is not taken", () => {
  test.each<[string, string, string | Uint8Array]>([
    ["a truncated message", PROTOBUF, binary(exportOf([span()])).slice(0, -3)],
    ["a field of the wrong type", PROTOBUF, Uint8Array.of(0x08)],
    [
      "text that is not UTF-8",
      PROTOBUF,
      binary(exportOf([span({ a: "zz" })])).map((byte) => (byte === 0x7a ? 0xff : byte)),
    ],
    ["text that is not JSON", JSON_TYPE, "{"],
    ["JSON of another shape", JSON_TYPE, '{"resourceSpans":{"scopeSpans":1}}'],
    [
      "an id that is not hexadecimal",
      JSON_TYPE,
      otlpJson(exportOf([span()])).replace(/"traceId":"../, '"traceId":"xy'),
    ],
  ])("%s is malformed, and nothing is stored", async (_name, type, body) => {
    const response = await post(url, body, { "content-type": type });
    expect(response.status).toBe(400);
    const status = type === PROTOBUF ? await statusOf(response) : await jsonOf(response);
    expect(status.code).toBe(Code.InvalidArgument);
    expect(status.message).not.toBe("");
    expect(server.writer.batches).toEqual([]);
  });

  test("a malformed span far down keeps all of a large export out, and is named", async () => {
    const request = many(1000);
    const bytes = binary(request);
    // The last span's last byte is inside its last string: a byte that no UTF-8 text has.
    bytes[bytes.length - 1] = 0xff;
    const response = await post(url, bytes);
    expect(response.status).toBe(400);
    expect((await statusOf(response)).message).toContain("resource_spans.0");
    expect(server.writer.batches).toEqual([]);
  });

  test("of another content type is 415 with a status in JSON", async () => {
    for (const headers of [
      { "content-type": "text/plain" },
      { "content-type": "application/x-protobuf-v2" },
    ]) {
      const response = await post(url, "hello", headers);
      expect(response.status).toBe(415);
      expect(await response.json()).toMatchObject({ code: Code.InvalidArgument });
    }
    const bare = await fetch(url, { method: "POST" });
    expect([bare.status, (await jsonOf(bare)).code]).toEqual([415, Code.InvalidArgument]);
  });

  test("of another content encoding is 415", async () => {
    const response = await post(url, "{}", { "content-type": JSON_TYPE, "content-encoding": "br" });
    expect(response.status).toBe(415);
  });

  test("that only claims to be gzip is malformed", async () => {
    const response = await post(url, "{}", { "content-type": JSON_TYPE, "content-encoding": "gzip" });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ code: Code.InvalidArgument });
  });

  test("over the limit is 413 in the request's encoding", async () => {
    const large = new Uint8Array(LIMIT + 1);
    const response = await post(url, large);
    expect(response.status).toBe(413);
    expect((await statusOf(response)).code).toBe(Code.ResourceExhausted);
    const json = await post(url, large, { "content-type": JSON_TYPE });
    expect([json.status, (await jsonOf(json)).code]).toEqual([413, Code.ResourceExhausted]);
  });

  test("that inflates past the limit is 413", async () => {
    const bomb = gzipSync(Buffer.alloc(100 * LIMIT));
    expect(bomb.length).toBeLessThan(LIMIT);
    const response = await post(url, bomb, { "content-type": PROTOBUF, "content-encoding": "gzip" });
    expect(response.status).toBe(413);
    expect((await statusOf(response)).message).toContain(`larger than ${LIMIT} bytes`);
  });

  test("while the store is busy or away is 503 and to be sent again", async () => {
    for (const error of [
      new StoreBusyError("1000 writes are waiting"),
      new StoreUnavailableError("closed"),
    ]) {
      server.writer.beforeWrite = () => Promise.reject(error);
      const response = await post(url, binary(many(1000)));
      expect(response.status).toBe(503);
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(await statusOf(response)).toMatchObject({ code: Code.Unavailable, message: error.message });
    }
  });

  test("while the store is busy says when to send again", async () => {
    server.writer.beforeWrite = () => Promise.reject(new StoreBusyError("1000 writes are waiting"));
    const { details } = await statusOf(await post(url, binary(exportOf([span()]))));
    expect(anyUnpack(details[0]!, RetryInfoSchema)?.retryDelay?.seconds).toBe(1n);
    const json = await post(url, otlpJson(exportOf([span()])), { "content-type": JSON_TYPE });
    expect(await json.json()).toMatchObject({ details: [{ retryDelay: "1s" }] });
  });

  test("for a fault of the server's is 500 and says no more", async () => {
    server.writer.beforeWrite = () => Promise.reject(new TypeError("secret"));
    const response = await post(url, binary(exportOf([span()])));
    expect(response.status).toBe(500);
    expect(await statusOf(response)).toMatchObject({ code: Code.Internal, message: "internal error" });
  });
});
