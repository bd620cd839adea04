import type { Door } from "../door.ts";
import { createExportDecoder } from "./export-decoder.ts";
import { createExporter } from "./exporter.ts";
import { serveHttp } from "./http.ts";
import { serveTraceService } from "./rpc.ts";

/**
 * OpenTelemetry's way in: OTLP over gRPC and HTTP. The HTTP part must be registered too, for it ends the decoding
 * worker when the server closes.
 */
export function createOtlpDoor(): Required<Door> {
  const decoder = createExportDecoder();
  return {
    http(app, context) {
      app.addHook("onClose", () => decoder.close());
      serveHttp(app, createExporter(context, decoder), context.limits.otlpBytes);
    },
    rpc(router, context) {
      serveTraceService(router, createExporter(context, decoder), context.limits.otlpBytes);
    },
  };
}
