import type { Door } from "../kit/door.ts";
import { serveRoutes } from "../kit/http/route.ts";
import { sendError } from "./errors.ts";
import { routes } from "./routes.ts";
import { takeBodies } from "./take-bodies.ts";

/** Weave's documented REST paths. */
export const weaveDoor: Door = serveRoutes({ routes, takeBodies, sendError });
