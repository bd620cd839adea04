import type { Route } from "../kit/http/route.ts";
import { postTraces } from "./http.ts";

/** The path of OTLP, and those under which clients of Weave send the same. */
const PATHS = ["/v1/traces", "/otel/v1/traces", "/agents/otel/v1/traces"];

/** All that the door answers over HTTP. */
export const routes: readonly Route[] = PATHS.map(
  (path): Route => ({ method: "POST", path, access: "write", handler: postTraces }),
);
