import type { Store } from "../../src/store/store.ts";

/** What a test's own store has where the test says nothing: every operation fails. */
export const unusedStore: Omit<Store, "close"> = {
  writeSpans: unused,
  createFeedback: unused,
  queryThreads: unused,
  querySpans: unused,
  createThread: unused,
  patchThread: unused,
  deleteThread: unused,
  copyThread: unused,
  pruneThreads: unused,
  setState: unused,
  getThread: unused,
  searchThreads: unused,
  countThreads: unused,
  getState: unused,
  listStates: unused,
  createChat: unused,
  patchChat: unused,
  appendMessages: unused,
  getChat: unused,
  listChats: unused,
  listMessages: unused,
  sweepExpired: unused,
  isEmpty: unused,
};

function unused(): never {
  throw new Error("this test does not use this operation");
}
