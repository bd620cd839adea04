import type { Door } from "../kit/door.ts";
import { takeBodies } from "../kit/http/raw-body.ts";
import { READS } from "../kit/identity/access.ts";
import { sendError } from "./errors.ts";
import { listThreads } from "./list-threads.ts";
import { appendMessages, listMessages } from "./messages.ts";
import { createThread, deleteThread, patchThread } from "./threads.ts";

/** The API of chat interfaces: a project's threads in a list, and the messages of each. */
export const chatDoor: Door = {
  http(app, context) {
    takeBodies(app, context.limits.restBytes);
    app.setErrorHandler(sendError);
    app.get("/api/chat/threads", READS, listThreads(context));
    app.post("/api/chat/threads", createThread(context));
    app.patch("/api/chat/threads/:thread_id", patchThread(context));
    app.delete("/api/chat/threads/:thread_id", deleteThread(context));
    app.get("/api/chat/threads/:thread_id/messages", READS, listMessages(context));
    app.post("/api/chat/threads/:thread_id/messages", appendMessages(context));
  },
};
