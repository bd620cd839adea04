import type { Store } from "../../src/store/store.ts";

/** A store that is always empty, for tests of what stands in front of one. */
export function createFakeStore(): Store & { closed: boolean } {
  return {
    closed: false,
    async writeSpans() {},
    async createFeedback() {},
    async *queryThreads() {},
    async *querySpans() {},
    isEmpty: async () => true,
    async close() {
      this.closed = true;
    },
  };
}
