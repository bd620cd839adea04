import type { Store } from "../../src/store/store.ts";

/** What a test's own store has where the test says nothing: no keys, good health, nothing to derive, and every other operation fails. */
export const unusedStore: Omit<Store, "close"> = {
  writeSpans: unused,
  writeCalls: unused,
  deleteCalls: unused,
  queryCalls: unused,
  countCalls: unused,
  createFeedback: unused,
  deleteFeedback: unused,
  queryFeedback: unused,
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
  listTurns: unused,
  sweepExpired: unused,
  createFile: unused,
  readFile: unused,
  createObject: unused,
  deleteObject: unused,
  getObject: unused,
  getObjects: unused,
  queryObjects: unused,
  createTable: unused,
  countRows: unused,
  queryRows: unused,
  createKey: unused,
  revokeKey: unused,
  hasKeys: async () => false,
  listKeys: unused,
  findKeys: async () => [],
  listProjects: unused,
  exportProject: unused,
  importEntries: unused,
  isEmpty: unused,
  derivations: async () => [],
  watchHealth(listener) {
    listener(null);
    return () => {};
  },
};

function unused(): never {
  throw new Error("this test does not use this operation");
}
