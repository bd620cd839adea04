import type { Door } from "../kit/door.ts";
import { serveRoutes } from "../kit/http/route.ts";
import { createExporter } from "./exporter.ts";
import { sendError, takeBodies } from "./http.ts";
import { routes } from "./routes.ts";
import { serveTraceService } from "./rpc.ts";

/** OpenTelemetry's way in: OTLP over gRPC and HTTP. */
export const otlpDoor: Required<Door> = {
  ...serveRoutes({ routes, takeBodies, sendError }),
  rpc(router, context) {
    serveTraceService(router, createExporter(context), context.limits.otlpBytes);
  },
};
