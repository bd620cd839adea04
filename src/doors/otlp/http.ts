import type { Readable } from "node:stream";
import { type DescMessage, type MessageShape, toBinary, toJsonString } from "@bufbuild/protobuf";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { StatusSchema } from "../../../gen/google/rpc/status_pb.ts";
import { ExportTraceServiceResponseSchema } from "../../../gen/opentelemetry/proto/collector/trace/v1/trace_service_pb.ts";
import { collectBody } from "../kit/http/collect-body.ts";
import { httpError } from "../kit/http/http-error.ts";
import { openBody } from "../kit/http/memory.ts";
import { originOf } from "../kit/identity/request-project.ts";
import type { ReceivedBody } from "./decode-in-chunks.ts";
import type { Exporter } from "./exporter.ts";
import { gunzipBody } from "./gunzip.ts";
import { detailTypes, RETRY_SECONDS, toHttpError } from "./http-errors.ts";

const PATHS = ["/v1/traces", "/otel/v1/traces", "/agents/otel/v1/traces"];

const PROTOBUF = "application/x-protobuf";
const JSON_TYPE = "application/json";

/** Serves OTLP over HTTP, protobuf and JSON; every answer and every error is in the request's encoding. */
export function serveHttp(app: FastifyInstance, exportSpans: Exporter, maxBytes: number): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser([PROTOBUF, JSON_TYPE], (request: FastifyRequest, payload: Readable) =>
    collectBody(request, payload, maxBytes),
  );

  app.setErrorHandler((error, request, reply) => {
    const { httpStatus, status } = toHttpError(error);
    if (httpStatus >= 500) request.log.error({ err: error }, "OTLP export failed");
    if (httpStatus === 503) reply.header("retry-after", RETRY_SECONDS);
    return send(reply.code(httpStatus), encodingOf(request) ?? "json", StatusSchema, status);
  });

  for (const path of PATHS) {
    app.post(path, async (request, reply) => {
      const encoding = encodingOf(request);
      if (encoding === null) throw httpError(415, `the content type must be ${PROTOBUF} or ${JSON_TYPE}`);
      const parts = await readBody(request, maxBytes);
      const caller = { origin: originOf(request.raw), header: headersOf(request) };
      const answer = await exportSpans({ parts, encoding }, caller);
      return send(reply, encoding, ExportTraceServiceResponseSchema, answer);
    });
  }
}

/** The encoding the request's content type names, whatever its parameters; null if it is another. */
function encodingOf(request: FastifyRequest): ReceivedBody["encoding"] | null {
  const type = request.headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (type === PROTOBUF) return "protobuf";
  return type === JSON_TYPE ? "json" : null;
}

function headersOf(request: FastifyRequest): (name: string) => string | null {
  return (name) => {
    const header = request.headers[name];
    return (Array.isArray(header) ? header[0] : header) ?? null;
  };
}

/** The body, decompressed. An absent one is an empty export, as in protobuf. */
async function readBody(request: FastifyRequest, maxBytes: number): Promise<Uint8Array[]> {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  switch (request.headers["content-encoding"]?.toLowerCase() ?? "identity") {
    case "identity":
    case "":
      return [body];
    case "gzip":
      return gunzipBody(
        body,
        maxBytes,
        openBody(request.server.memory, request.rawAnswer, () => {}),
      );
    default:
      throw httpError(415, "the content encoding must be gzip or identity");
  }
}

function send<Desc extends DescMessage>(
  reply: FastifyReply,
  encoding: ReceivedBody["encoding"],
  schema: Desc,
  message: MessageShape<Desc>,
): FastifyReply {
  return encoding === "json"
    ? reply.type(JSON_TYPE).send(toJsonString(schema, message, { registry: detailTypes }))
    : reply.type(PROTOBUF).send(Buffer.from(toBinary(schema, message)));
}
