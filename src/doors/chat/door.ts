import type { Door } from "../kit/door.ts";
import { takeBodies } from "../kit/http/raw-body.ts";
import { serveRoutes } from "../kit/http/route.ts";
import { sendError } from "./errors.ts";
import { routes } from "./routes.ts";

/** The API of chat interfaces: a project's threads in a list, and the messages of each. */
export const chatDoor: Door = serveRoutes({ routes, takeBodies, sendError });
