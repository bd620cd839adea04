import type { Instant } from "../../../model/base/instant.ts";
import type { ThreadDraft, ThreadSearch } from "../../../model/threads/thread-record.ts";
import { StoreBusyError } from "../../errors.ts";
import type { ReadOptions } from "../../roles/read-options.ts";
import type {
  RecordReader,
  RecordWriter,
  StateReader,
  StateWriter,
  ThreadSweeper,
} from "../../roles/records.ts";
import { atOnce } from "../../shared/steps.ts";
import { type Database, prepared } from "../connection/database.ts";
import { createReadNow } from "../connection/read-now.ts";
import { isLightSearch, isShort, readLightPage } from "../reads/records/record-pages.ts";
import { countRecords, FEW_CANDIDATES, findPage, prepareSearch } from "../reads/records/record-search.ts";
import { isLightHistory, readState, statePages } from "../reads/records/state-query.ts";
import { findRecord, toWholeRecord } from "../tables/record-rows.ts";
import type { LongReads } from "../workers/long-reads.ts";
import type { WriteQueue } from "../workers/write-queue.ts";

/** Writes of one call that wait at the same time: enough to share transactions. */
const WRITES_AT_ONCE = 100;

/** Threads as documents, over a connection that reads, the queue of writes, and the threads for long reads. */
export function createRecordStore(
  main: Database,
  queue: WriteQueue,
  longReads: LongReads,
): RecordWriter & StateWriter & RecordReader & StateReader & ThreadSweeper {
  const readNow = createReadNow(main);

  /** The answer of a search that is short in every way; null for any other. */
  function searchNow(search: ThreadSearch) {
    if (!isShort(search)) return null;
    const asked = prepareSearch(main, search, FEW_CANDIDATES);
    if (!isLightSearch(main, search, asked)) return null;
    return readLightPage(main, atOnce(findPage(main, search, asked)), search);
  }

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
      const expired = readNow(() =>
        prepared<{ thread: number }>(
          main,
          "SELECT id AS thread FROM thread WHERE expires_at <= ? ORDER BY expires_at LIMIT ?",
        ).all(now, limit),
      );
      await writeAll(expired, ({ thread }) => queue.write("expireThread", { thread, now }));
      return expired.length;
    },

    async getThread({ projectId, threadId, now }) {
      return readNow(() => {
        const row = findRecord(main, projectId, threadId, now);
        return row && toWholeRecord(main, row, now);
      });
    },

    async *searchThreads(search, options: ReadOptions = {}) {
      options.signal?.throwIfAborted();
      const batch = readNow(() => searchNow(search));
      if (batch) yield batch;
      else yield* longReads.read("records", search, options);
    },

    async countThreads(filter, options: ReadOptions = {}) {
      options.signal?.throwIfAborted();
      const count = readNow(() => {
        if (!isShort(filter)) return null;
        const asked = prepareSearch(main, filter, FEW_CANDIDATES);
        return isLightSearch(main, filter, asked) ? atOnce(countRecords(main, filter, asked)) : null;
      });
      if (count !== null) return count;
      const [counted] = await Array.fromAsync(longReads.read("recordCount", filter, options));
      return counted!;
    },

    async getState(query) {
      return readNow(() => readState(main, query));
    },

    async *listStates(query, options: ReadOptions = {}) {
      options.signal?.throwIfAborted();
      const batches = readNow(() => (isLightHistory(main, query) ? [...statePages(main, query)] : null));
      yield* batches ?? longReads.read("states", query, options);
    },
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
