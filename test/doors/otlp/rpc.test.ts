import { create, toBinary } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient, type Transport } from "@connectrpc/connect";
import {
  compressionGzip,
  createConnectTransport,
  createGrpcTransport,
  createGrpcWebTransport,
} from "@connectrpc/connect-node";
import * as grpc from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { RetryInfoSchema } from "../../../gen/google/rpc/error_details_pb.ts";
import {
  ExportTraceServiceRequestSchema,
  TraceService,
} from "../../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import { StoreBusyError } from "../../../src/store/errors.ts";
import { makeKey } from "../../store/make-key.ts";
import { exportOf, id, span } from "./support/otlp-messages.ts";
import { type OtlpServer, startOtlpServer } from "./support/otlp-server.ts";

const LIMIT = 1024 * 1024;
const PATH = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

let server: OtlpServer;

beforeEach(async () => {
  server = await startOtlpServer({ otlpBytes: LIMIT });
});

afterEach(() => server.close());

type MakeTransport = () => Transport;

const compressed = { sendCompression: compressionGzip, compressMinBytes: 1 };

const transports: [string, MakeTransport][] = [
  ["gRPC", () => createGrpcTransport({ baseUrl: server.url })],
  ["gRPC, compressed", () => createGrpcTransport({ baseUrl: server.url, ...compressed })],
  ["gRPC in JSON", () => createGrpcTransport({ baseUrl: server.url, useBinaryFormat: false })],
  ["gRPC-Web", () => createGrpcWebTransport({ baseUrl: server.url, httpVersion: "1.1" })],
  [
    "gRPC-Web in JSON",
    () => createGrpcWebTransport({ baseUrl: server.url, httpVersion: "1.1", useBinaryFormat: false }),
  ],
  [
    "Connect",
    () => createConnectTransport({ baseUrl: server.url, httpVersion: "1.1", useBinaryFormat: true }),
  ],
  [
    "Connect, compressed",
    () =>
      createConnectTransport({
        baseUrl: server.url,
        httpVersion: "1.1",
        useBinaryFormat: true,
        ...compressed,
      }),
  ],
  [
    "Connect in JSON",
    () => createConnectTransport({ baseUrl: server.url, httpVersion: "1.1", useBinaryFormat: false }),
  ],
];

describe.each(transports)("%s", (_name, makeTransport) => {
  const client = () => createClient(TraceService, makeTransport());

  test("stores the good spans and explains the others", async () => {
    const request = exportOf([span({ thread_id: "t" }), span({}, { spanId: id(8, 0) })]);
    const { partialSuccess } = await client().export(request);
    expect(partialSuccess).toMatchObject({ rejectedSpans: 1n, errorMessage: "span_id is zero (1 span)" });
    expect(server.writer.spans()).toMatchObject([
      { spanId: "0000000000000001", threadClaim: { threadId: "t" } },
    ]);
  });

  test("stores an export too large to decode on the event loop", async () => {
    const spans = Array.from({ length: 300 }, (_, index) => span({ text: "x".repeat(200) }, {}, index + 1));
    expect((await client().export(exportOf(spans))).partialSuccess).toBeUndefined();
    expect(server.writer.spans()).toHaveLength(300);
  });

  test("takes the project from metadata", async () => {
    await client().export(exportOf([span()]), { headers: { project_id: "m" } });
    await client().export(exportOf([span()]), { headers: { "x-project-id": "x" } });
    expect(server.writer.spans().map(({ projectId }) => projectId)).toEqual(["m", "x"]);
  });

  test("refuses an export that holds nothing the key covers", async () => {
    const key = await makeKey(server.keys, { projects: ["mine"] });
    const request = exportOf([span()], { "skein.project_id": "other" });
    const call = client().export(request, { headers: { authorization: `Bearer ${key}` } });
    await expect(call).rejects.toMatchObject({ code: Code.PermissionDenied });
  });

  test("a busy store makes it unavailable, to be sent again", async () => {
    server.writer.beforeWrite = () => Promise.reject(new StoreBusyError("1000 writes are waiting"));
    const error = ConnectError.from(
      await client()
        .export(exportOf([span()]))
        .catch((caught: unknown) => caught),
    );
    expect(error.code).toBe(Code.Unavailable);
    expect(error.findDetails(RetryInfoSchema)).toMatchObject([{ retryDelay: { seconds: 1n } }]);
  });
});

/** Calls Export with raw bytes through grpc-js; resolves with the status code. */
function rawExport(bytes: Uint8Array, options: grpc.ClientOptions = {}): Promise<grpc.status> {
  const client = new grpc.Client(new URL(server.url).host, grpc.credentials.createInsecure(), options);
  return new Promise((resolve) => {
    const same = (value: Buffer) => value;
    client.makeUnaryRequest(PATH, same, same, Buffer.from(bytes), (error: grpc.ServiceError | null) => {
      client.close();
      resolve(error ? error.code : grpc.status.OK);
    });
  });
}

describe("through grpc-js", () => {
  test("a malformed span is INVALID_ARGUMENT, and nothing is stored", async () => {
    const bytes = toBinary(ExportTraceServiceRequestSchema, exportOf([span(), span({ a: "zz" }, {}, 2)]));
    expect(await rawExport(bytes.map((byte) => (byte === 0x7a ? 0xff : byte)))).toBe(
      grpc.status.INVALID_ARGUMENT,
    );
    expect(server.writer.batches).toEqual([]);
  });

  test("a message that is none is INVALID_ARGUMENT", async () => {
    expect(await rawExport(Uint8Array.of(0x0a, 0xff))).toBe(grpc.status.INVALID_ARGUMENT);
  });

  test("a message over the limit is RESOURCE_EXHAUSTED", async () => {
    const large = exportOf([span({ text: "x".repeat(LIMIT) })]);
    expect(await rawExport(toBinary(ExportTraceServiceRequestSchema, large))).toBe(
      grpc.status.RESOURCE_EXHAUSTED,
    );
  });

  test("a message that inflates past the limit is too", async () => {
    const bomb = toBinary(
      ExportTraceServiceRequestSchema,
      exportOf([span({ text: "x".repeat(50 * LIMIT) })]),
    );
    const gzip = { "grpc.default_compression_algorithm": 2 };
    expect(await rawExport(bomb, gzip)).toBe(grpc.status.RESOURCE_EXHAUSTED);
  });

  test("an empty message is an empty export", async () => {
    expect(
      await rawExport(toBinary(ExportTraceServiceRequestSchema, create(ExportTraceServiceRequestSchema))),
    ).toBe(grpc.status.OK);
  });
});

test("the JSON codec has a limit of its own", async () => {
  const transport = createConnectTransport({
    baseUrl: server.url,
    httpVersion: "1.1",
    useBinaryFormat: false,
  });
  const spans = Array.from({ length: 3 }, (_, index) => span({ text: "x".repeat(100_000) }, {}, index + 1));
  const call = createClient(TraceService, transport).export(exportOf(spans));
  await expect(call).rejects.toMatchObject({ code: Code.ResourceExhausted });
});
