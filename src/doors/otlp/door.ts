import type { Door } from "../kit/door.ts";
import { createExporter } from "./exporter.ts";
import { serveHttp } from "./http.ts";
import { serveTraceService } from "./rpc.ts";

/** OpenTelemetry's way in: OTLP over gRPC and HTTP. */
export const otlpDoor: Required<Door> = {
  http(app, context) {
    serveHttp(app, createExporter(context), context.limits.otlpBytes);
  },
  rpc(router, context) {
    serveTraceService(router, createExporter(context), context.limits.otlpBytes);
  },
};
