import type { Interceptor } from "@connectrpc/connect";
import { startAnswer } from "../doors/kit/rpc/call-answer.ts";

/** Has calls wait, once their request is read, until there is room for an answer. */
export const roomInterceptor: Interceptor = (next) => async (request) => {
  await startAnswer(request.contextValues, request.signal);
  return next(request);
};
