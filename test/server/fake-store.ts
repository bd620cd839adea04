import type { Store } from "../../src/store/store.ts";
import { unusedStore } from "../store/unused-store.ts";

/** A store that is always empty and takes spans and feedback, for tests of what stands in front of one. */
export function createFakeStore(): Store & { closed: boolean } {
  return {
    ...unusedStore,
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
