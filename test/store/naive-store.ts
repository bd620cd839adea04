import { AlreadyExistsError, StoreUnavailableError } from "../../src/store/errors.ts";
import type { ConversationSpans, Store } from "../../src/store/store.ts";
import { createNaiveChats } from "./naive/chat-store.ts";
import { selectConversations } from "./naive/conversations.ts";
import { threadsOf } from "./naive/project.ts";
import { createNaiveRecords, type NaiveData } from "./naive/record-store.ts";
import { selectThreads } from "./naive/threads.ts";

/** Threads in a batch, and spans in a part of a conversation. */
const BATCH_SIZE = 200;

/**
 * A store that keeps every version of every span it was given and works out each answer from all of them, rule by
 * rule, with nothing kept in between. Slow, in memory and plainly right: what an engine is compared with.
 */
export function createNaiveStore(): Store {
  const data: NaiveData = { versions: [], feedback: [], records: [] };
  let closed = false;

  function mustBeOpen() {
    if (closed) throw new StoreUnavailableError("the store is closed");
  }

  const records = createNaiveRecords(data, mustBeOpen);

  return {
    ...records,
    ...createNaiveChats(data, records),

    async writeSpans(spans) {
      mustBeOpen();
      data.versions = data.versions.concat(spans);
    },

    async createFeedback(given) {
      mustBeOpen();
      if (data.feedback.some(({ projectId, id }) => projectId === given.projectId && id === given.id)) {
        throw new AlreadyExistsError(`there is feedback ${given.id} already`);
      }
      data.feedback.push(given);
    },

    async *queryThreads(query, { signal } = {}) {
      mustBeOpen();
      const rows = selectThreads([...threadsOf(query.projectId, data.versions).values()], query);
      for (const batch of inBatches(rows)) {
        signal?.throwIfAborted();
        yield batch;
      }
    },

    async *querySpans(query, { signal } = {}) {
      mustBeOpen();
      const conversations = selectConversations(
        threadsOf(query.projectId, data.versions),
        data.feedback,
        query,
      );
      for (const part of conversations.flatMap(inParts)) {
        signal?.throwIfAborted();
        yield [part];
      }
    },

    async isEmpty() {
      mustBeOpen();
      return Object.values(data).every((each) => each.length === 0);
    },

    async close() {
      closed = true;
    },
  };
}

function inBatches<T>(all: T[]): T[][] {
  const count = Math.ceil(all.length / BATCH_SIZE);
  return Array.from({ length: count }, (_, index) => all.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE));
}

function inParts(whole: ConversationSpans): ConversationSpans[] {
  const batches = whole.spans.length === 0 ? [[]] : inBatches(whole.spans);
  return batches.map((spans, index) => {
    const continues = index < batches.length - 1;
    return { ...whole, spans, feedback: continues ? [] : whole.feedback, continues };
  });
}
