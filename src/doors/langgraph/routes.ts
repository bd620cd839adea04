import type { Route } from "../kit/http/route.ts";
import { readers } from "./bodies.ts";
import { refuseMethod } from "./errors.ts";
import { info, ok } from "./info.ts";
import { selectRequest } from "./requests.ts";
import { countThreads, searchThreads } from "./search.ts";
import { getHistory, getState, postHistory, updateState } from "./states.ts";
import { threadPath } from "./target.ts";
import { copyThread, createThread, deleteThread, getThread, patchThread, pruneThreads } from "./threads.ts";

const THREAD = "/threads/:thread_id";
const STATE = `${THREAD}/state`;
const HISTORY = `${THREAD}/history`;

/** Paths of POST that would be taken for threads of these names, were other methods not refused. */
const POST_ONLY = ["/threads/search", "/threads/count", "/threads/prune"];

const params = threadPath;

/** All that the door answers. */
export const routes: readonly Route[] = [
  { method: "GET", path: "/ok", access: "open", handler: ok },
  { method: "GET", path: "/info", access: "open", handler: info },
  ...POST_ONLY.flatMap((path) =>
    (["GET", "PATCH", "DELETE"] as const).map(
      (method): Route => ({ method, path, access: "read", handler: refuseMethod }),
    ),
  ),
  { method: "POST", path: "/threads", access: "write", body: readers.create, handler: createThread },
  { method: "POST", path: "/threads/search", access: "read", body: readers.search, handler: searchThreads },
  { method: "POST", path: "/threads/count", access: "read", body: readers.count, handler: countThreads },
  { method: "POST", path: "/threads/prune", access: "write", body: readers.prune, handler: pruneThreads },
  { method: "GET", path: THREAD, access: "read", params, handler: getThread },
  { method: "PATCH", path: THREAD, access: "write", params, body: readers.patch, handler: patchThread },
  { method: "DELETE", path: THREAD, access: "write", params, handler: deleteThread },
  { method: "POST", path: `${THREAD}/copy`, access: "write", params, handler: copyThread },
  { method: "GET", path: STATE, access: "read", params, query: selectRequest, handler: getState },
  { method: "POST", path: STATE, access: "write", params, body: readers.updateState, handler: updateState },
  {
    method: "GET",
    path: `${STATE}/:checkpoint_id`,
    access: "read",
    params,
    query: selectRequest,
    handler: getState,
  },
  {
    method: "POST",
    path: `${STATE}/checkpoint`,
    access: "read",
    params,
    body: readers.state,
    handler: getState,
  },
  { method: "GET", path: HISTORY, access: "read", params, query: readers.history.type, handler: getHistory },
  { method: "POST", path: HISTORY, access: "read", params, body: readers.history, handler: postHistory },
];
