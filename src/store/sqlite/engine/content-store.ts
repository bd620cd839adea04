import { setImmediate as pause } from "node:timers/promises";
import { fileNotFound } from "../../errors.ts";
import type { FileStore, ObjectStore, TableStore } from "../../roles/content.ts";
import { filePieceRead, fileRead, tableRowsRead, tableSizeRead } from "../reads/content/content-reads.ts";
import { foundObjectsRead, objectRead, objectsRead } from "../reads/content/object-reads.ts";
import type { WriteQueue } from "../workers/write-queue.ts";
import type { Reading } from "./reading.ts";

/** Files, objects and tables. */
export function createContentStore(
  { read, answer }: Reading,
  queue: WriteQueue,
): FileStore & ObjectStore & TableStore {
  return {
    createFile: (file) => queue.write("createFile", file, sum(file.pieces)),
    createObject: (draft) => queue.write("createObject", draft, draft.json.length),
    deleteObject: (which) => queue.write("deleteObject", which),
    createTable: (table) => queue.write("createTable", table, sum(table.rows.map(({ json }) => json))),

    /** A file never changes, so its pieces need no snapshot: each is a look-up of its own. */
    async *readFile(key) {
      const file = await answer(fileRead, key);
      if (file === null) throw fileNotFound(key.digest);
      for (let position = 0; ; position++) {
        const piece = await answer(filePieceRead, { file, position });
        if (piece === null) return;
        yield piece;
        await pause();
      }
    },
    getObject: (key) => answer(objectRead, key),
    getObjects: (keys, options) => read(foundObjectsRead, keys, options),
    queryObjects: (query, options) => read(objectsRead, query, options),
    countRows: (key) => answer(tableSizeRead, key),
    queryRows: (query, options) => read(tableRowsRead, query, options),
  };
}

function sum(parts: { length: number }[]): number {
  return parts.reduce((total, { length }) => total + length, 0);
}
