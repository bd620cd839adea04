import type { Door } from "../kit/door.ts";
import { takeBodies } from "../kit/http/raw-body.ts";
import { serveRoutes } from "../kit/http/route.ts";
import { sendError } from "./errors.ts";
import { routes } from "./routes.ts";

/** LangGraph's API as far as it keeps threads; it runs no graphs. Threads whose id is not a UUID have no place in it. */
export const langgraphDoor: Door = serveRoutes({ routes, takeBodies, sendError });
