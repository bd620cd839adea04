import { ThreadService } from "../../../gen/skein/v1/thread_service_pb.ts";
import type { Door } from "../kit/door.ts";
import { createChatThread, getChatThread, listChatThreads, updateChatThread } from "./chat-threads.ts";
import { createFeedback } from "./create-feedback.ts";
import { appendMessages, listMessages } from "./messages.ts";
import { countThreads, search } from "./search.ts";
import { serveSpans, streamSpans } from "./spans.ts";
import { getState, listHistory, setState } from "./states.ts";
import { copyThread, createThread, deleteThread, getThread, pruneThreads, updateThread } from "./threads.ts";
import { threadsQuery } from "./threads-query.ts";
import { listTurns } from "./turns.ts";

/** Skein's own service. Handlers raise domain errors; the server's interceptor turns them into RPC errors. */
export const threadServiceDoor: Door = {
  rpc(router, context) {
    const { method } = ThreadService;
    router.rpc(method.threadsQuery, threadsQuery(context));
    serveSpans(router, context);
    router.rpc(method.streamSpans, streamSpans(context));
    router.rpc(method.createFeedback, createFeedback(context));
    router.rpc(method.search, search(context));
    router.rpc(method.countThreads, countThreads(context));
    router.rpc(method.createThread, createThread(context));
    router.rpc(method.getThread, getThread(context));
    router.rpc(method.updateThread, updateThread(context));
    router.rpc(method.deleteThread, deleteThread(context));
    router.rpc(method.copyThread, copyThread(context));
    router.rpc(method.pruneThreads, pruneThreads(context));
    router.rpc(method.setState, setState(context));
    router.rpc(method.getState, getState(context));
    router.rpc(method.listHistory, listHistory(context));
    router.rpc(method.createChatThread, createChatThread(context));
    router.rpc(method.getChatThread, getChatThread(context));
    router.rpc(method.updateChatThread, updateChatThread(context));
    router.rpc(method.listChatThreads, listChatThreads(context));
    router.rpc(method.appendMessages, appendMessages(context));
    router.rpc(method.listMessages, listMessages(context));
    router.rpc(method.listTurns, listTurns(context));
  },
};
