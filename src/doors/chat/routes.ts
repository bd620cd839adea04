import type { Route } from "../kit/http/route.ts";
import { readers } from "./bodies.ts";
import { listThreads } from "./list-threads.ts";
import { appendMessages, listMessages } from "./messages.ts";
import { messagesQuery, projectQuery, threadPath, threadsQuery } from "./requests.ts";
import { createThread, deleteThread, patchThread } from "./threads.ts";

const THREADS = "/api/chat/threads";
const THREAD = `${THREADS}/:thread_id`;
const MESSAGES = `${THREAD}/messages`;

/** All that the door answers. */
export const routes: readonly Route[] = [
  { method: "GET", path: THREADS, access: "read", query: threadsQuery, handler: listThreads },
  {
    method: "POST",
    path: THREADS,
    access: "write",
    query: projectQuery,
    body: readers.create,
    handler: createThread,
  },
  {
    method: "PATCH",
    path: THREAD,
    access: "write",
    params: threadPath,
    query: projectQuery,
    body: readers.patch,
    handler: patchThread,
  },
  { method: "DELETE", path: THREAD, access: "write", query: projectQuery, handler: deleteThread },
  { method: "GET", path: MESSAGES, access: "read", query: messagesQuery, handler: listMessages },
  {
    method: "POST",
    path: MESSAGES,
    access: "write",
    params: threadPath,
    query: projectQuery,
    body: readers.append,
    handler: appendMessages,
  },
];
