import type { ServerHttp2Session } from "node:http2";
import type { AddressInfo } from "node:net";
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, type Interceptor } from "@connectrpc/connect";
import { fastifyConnectPlugin } from "@connectrpc/connect-fastify";
import { type FastifyInstance, fastify } from "fastify";
import { RetryInfoSchema } from "../../../../gen/google/rpc/error_details_pb.ts";
import type { DoorContext } from "../../../../src/api/door.ts";
import { createOtlpDoor } from "../../../../src/api/otlp/door.ts";
import type { WriteAccess } from "../../../../src/api/otlp/exporter.ts";
import { namedProjectValues } from "../../../../src/api/request-project.ts";
import { InvalidRequestError } from "../../../../src/model/errors.ts";
import { StoreBusyError } from "../../../../src/store/errors.ts";
import type { Store } from "../../../../src/store/store.ts";
import { type RecordingWriter, recordingWriter } from "./recording-writer.ts";

/** The OpenTelemetry door alone, listening once for HTTP/1.1 and once for HTTP/2. */
export interface OtlpServer {
  /** `http://127.0.0.1:port`, HTTP/1.1. */
  url: string;
  /** The same over cleartext HTTP/2, for gRPC. */
  h2Url: string;
  writer: RecordingWriter;
  close(): Promise<void>;
}

export async function startOtlpServer(
  options: { otlpBytes?: number; accessOf?: WriteAccess } = {},
): Promise<OtlpServer> {
  const writer = recordingWriter();
  const context: DoorContext = {
    store: storeOf(writer),
    now: () => 0,
    defaultProject: "default",
    limits: { otlpBytes: options.otlpBytes ?? 64 * 1024 * 1024, restBytes: 1024, rpcBytes: 1024 },
  };
  const door = createOtlpDoor(options.accessOf);
  const http1 = fastify();
  const http2 = fastify({ http2: true }) as unknown as FastifyInstance;
  for (const app of [http1, http2]) {
    await app.register(async (scope) => door.http(scope, context));
    await app.register(fastifyConnectPlugin, {
      routes: (router) => door.rpc(router, context),
      contextValues: (request) => namedProjectValues(request.raw),
      interceptors: [mapErrors],
    });
    await app.listen({ host: "127.0.0.1", port: 0 });
  }
  // A client that was told that its message is too large may never end its stream.
  const sessions: ServerHttp2Session[] = [];
  http2.server.on("session", (session: ServerHttp2Session) => sessions.push(session));
  return {
    url: urlOf(http1),
    h2Url: urlOf(http2),
    writer,
    close: async () => {
      for (const session of sessions) session.destroy();
      await Promise.all([http1.close(), http2.close()]);
    },
  };
}

/** A store that can only write; the door does nothing else with it. */
function storeOf(writer: RecordingWriter): Store {
  const writing: Partial<Store> = { writeSpans: (spans) => writer.writeSpans(spans) };
  return writing as Store;
}

function urlOf(app: FastifyInstance): string {
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

/** The part of the server's error mapping that this door relies on. */
const mapErrors: Interceptor = (next) => async (request) => {
  try {
    return await next(request);
  } catch (error) {
    if (error instanceof InvalidRequestError) throw new ConnectError(error.message, Code.InvalidArgument);
    if (error instanceof StoreBusyError) {
      const value = create(RetryInfoSchema, { retryDelay: { seconds: 1n, nanos: 0 } });
      throw new ConnectError(error.message, Code.Unavailable, undefined, [{ desc: RetryInfoSchema, value }]);
    }
    throw error;
  }
};
