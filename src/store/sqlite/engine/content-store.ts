import { setImmediate as nextTurn } from "node:timers/promises";
import { fileNotFound, storeClosed } from "../../errors.ts";
import type { Store } from "../../store.ts";
import type { Database } from "../connection/database.ts";
import { countTableRows, findFile, readPiece } from "../reads/content/content-reads.ts";
import { readObject } from "../reads/content/object-reads.ts";
import type { LongReads } from "../workers/long-reads.ts";
import type { WriteQueue } from "../workers/write-queue.ts";

type ContentStore = Pick<
  Store,
  | "createFile"
  | "readFile"
  | "createObject"
  | "deleteObject"
  | "getObject"
  | "getObjects"
  | "queryObjects"
  | "createTable"
  | "countRows"
  | "queryRows"
>;

/** Files, objects and tables, over a connection that reads, the queue of writes, and the threads for long reads. */
export function createContentStore(main: Database, queue: WriteQueue, longReads: LongReads): ContentStore {
  function mustBeOpen(): void {
    if (!main.open) throw storeClosed();
  }

  return {
    createFile: (file) => queue.write("createFile", file, sum(file.pieces)),
    createObject: (draft) => queue.write("createObject", draft, draft.json.length),
    deleteObject: (which) => queue.write("deleteObject", which),
    createTable: (table) => queue.write("createTable", table, sum(table.rows.map(({ json }) => json))),

    async *readFile(key) {
      mustBeOpen();
      const file = findFile(main, key);
      if (file === null) throw fileNotFound(key.digest);
      // A file never changes, so its pieces need no snapshot.
      for (let position = 0; ; position++) {
        mustBeOpen();
        const piece = readPiece(main, file, position);
        if (!piece) return;
        yield piece;
        await nextTurn();
      }
    },

    async getObject(key) {
      mustBeOpen();
      return readObject(main, key);
    },

    async *getObjects(keys, options = {}) {
      options.signal?.throwIfAborted();
      mustBeOpen();
      yield* longReads.read("foundObjects", keys, options);
    },

    async *queryObjects(query, options = {}) {
      options.signal?.throwIfAborted();
      mustBeOpen();
      yield* longReads.read("objects", query, options);
    },

    async countRows(key) {
      mustBeOpen();
      return countTableRows(main, key);
    },

    async *queryRows(query, options = {}) {
      options.signal?.throwIfAborted();
      mustBeOpen();
      yield* longReads.read("rows", query, options);
    },
  };
}

function sum(parts: { length: number }[]): number {
  return parts.reduce((total, { length }) => total + length, 0);
}
