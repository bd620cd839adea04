import type { Door } from "../door.ts";
import { createExportDecoder } from "./export-decoder.ts";
import { createExporter, type WriteAccess } from "./exporter.ts";
import { serveHttp } from "./http.ts";
import { serveTraceService } from "./rpc.ts";

/**
 * OpenTelemetry's way in: OTLP over gRPC and HTTP. The HTTP part must be registered too, for it ends the decoding
 * worker when the server closes.
 *
 * @param accessOf says which projects a caller may write; by default all.
 */
export function createOtlpDoor(accessOf: WriteAccess = () => () => true): Required<Door> {
  const decoder = createExportDecoder();
  return {
    http(app, context) {
      app.addHook("onClose", () => decoder.close());
      serveHttp(app, createExporter(context, decoder, accessOf), context.limits.otlpBytes);
    },
    rpc(router, context) {
      serveTraceService(router, createExporter(context, decoder, accessOf), context.limits.otlpBytes);
    },
  };
}
