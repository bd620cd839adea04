import type { Instant } from "../../../model/base/instant.ts";
import type { ThreadDraft } from "../../../model/threads/thread-record.ts";
import { StoreBusyError } from "../../errors.ts";
import type {
  RecordReader,
  RecordWriter,
  StateReader,
  StateWriter,
  ThreadSweeper,
} from "../../roles/records.ts";
import { recordCountRead, recordsRead } from "../reads/records/record-pages.ts";
import { stateRead, statesRead } from "../reads/records/state-query.ts";
import { expiredRead, threadRead } from "../reads/records/thread-lookups.ts";
import type { WriteQueue } from "../workers/write-queue.ts";
import type { Reading } from "./reading.ts";

/** Writes of one call that wait at the same time: enough to share transactions. */
const WRITES_AT_ONCE = 100;

/** Threads as documents. */
export function createRecordStore(
  { read, answer }: Reading,
  queue: WriteQueue,
): RecordWriter & StateWriter & RecordReader & StateReader & ThreadSweeper {
  /** Removes what is left of a thread that was too large to be gone at once. */
  async function finish(thread: number | null, now: Instant): Promise<void> {
    if (thread === null) return;
    try {
      await queue.write("expireThread", { thread, now });
    } catch (error) {
      // The thread is deleted all the same, and a sweep will remove what is left.
      if (!(error instanceof StoreBusyError)) throw error;
    }
  }

  return {
    createThread: (draft) => queue.write("createThread", draft, sizeOfDraft(draft)),
    patchThread: (patch) => queue.write("patchThread", patch, patch.metadata?.length),
    async deleteThread(key) {
      const { left, ...deleted } = await queue.write("deleteThread", key);
      await finish(left, key.now);
      return deleted;
    },
    copyThread: (key, copyId) => queue.write("copyThread", { ...key, copyId }),
    setState: (update) => queue.write("setState", update, sizeOfStates([update.change])),

    async pruneThreads({ threadIds, ...prune }) {
      const known = await writeAll([...new Set(threadIds)], async (threadId) => {
        const { known, left } = await queue.write("pruneThread", { ...prune, threadId });
        await finish(left, prune.now);
        return known;
      });
      return known.filter((isKnown) => isKnown).length;
    },

    async sweepExpired(now, limit) {
      const expired = await answer(expiredRead, { now, limit });
      await writeAll(expired, (thread) => queue.write("expireThread", { thread, now }));
      return expired.length;
    },

    getThread: (key) => answer(threadRead, key),
    searchThreads: (search, options) => read(recordsRead, search, options),
    countThreads: (filter, options) => answer(recordCountRead, filter, options),
    getState: (query) => answer(stateRead, query),
    listStates: (query, options) => read(statesRead, query, options),
  };
}

/** Runs a write for each of many, some at a time, so that a long list does not fill the queue. */
async function writeAll<Item, Result>(
  items: Item[],
  write: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += WRITES_AT_ONCE) {
    results.push(...(await Promise.all(items.slice(start, start + WRITES_AT_ONCE).map(write))));
  }
  return results;
}

function sizeOfDraft({ metadata, states }: ThreadDraft): number {
  return metadata.length + sizeOfStates(states);
}

function sizeOfStates(states: ThreadDraft["states"]): number {
  return states.flatMap(({ updates }) => updates).reduce((size, update) => size + update.length, 0);
}
