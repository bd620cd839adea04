import type { Door } from "../kit/door.ts";
import { takeBodies } from "../kit/http/raw-body.ts";
import { OPEN, READS } from "../kit/identity/access.ts";
import { refuseMethod, sendError } from "./errors.ts";
import { info } from "./info.ts";
import { countThreads, searchThreads } from "./search.ts";
import { getHistory, getState, postHistory, updateState } from "./states.ts";
import { copyThread, createThread, deleteThread, getThread, patchThread, pruneThreads } from "./threads.ts";

/** LangGraph's API as far as it keeps threads; it runs no graphs. Threads whose id is not a UUID have no place in it. */
export const langgraphDoor: Door = {
  http(app, context) {
    takeBodies(app, context.limits.restBytes);
    app.setErrorHandler(sendError);
    app.get("/ok", OPEN, async () => ({ ok: true }));
    app.get("/info", OPEN, info(context));
    for (const url of ["/threads/search", "/threads/count", "/threads/prune"]) {
      // Else they would be taken for the threads of these names.
      app.route({ method: ["GET", "PATCH", "DELETE"], url, ...READS, handler: refuseMethod });
    }
    app.post("/threads", createThread(context));
    app.post("/threads/search", READS, searchThreads(context));
    app.post("/threads/count", READS, countThreads(context));
    app.post("/threads/prune", pruneThreads(context));
    app.get("/threads/:thread_id", READS, getThread(context));
    app.patch("/threads/:thread_id", patchThread(context));
    app.delete("/threads/:thread_id", deleteThread(context));
    app.post("/threads/:thread_id/copy", copyThread(context));
    app.get("/threads/:thread_id/state", READS, getState(context));
    app.post("/threads/:thread_id/state", updateState(context));
    app.get("/threads/:thread_id/state/:checkpoint_id", READS, getState(context));
    app.post("/threads/:thread_id/state/checkpoint", READS, getState(context));
    app.get("/threads/:thread_id/history", READS, getHistory(context));
    app.post("/threads/:thread_id/history", READS, postHistory(context));
  },
};
