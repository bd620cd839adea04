import { parseJsonObject } from "../../../../model/json/parse.ts";
import type { Database } from "../../connection/database.ts";
import { readDocument } from "../../tables/record-rows.ts";
import { createTermWrites } from "../../tables/record-terms.ts";
import { createStoredThreads } from "../../tables/thread-rows.ts";

/** Entries of the index that one step clears: some milliseconds. */
const ENTRIES_AT_ONCE = 1000;

/** Builds the index of terms anew, inside the caller's transaction. */
export interface TermDerivation {
  /** Takes some entries out; returns whether any are left. */
  clear(): boolean;
  /** Adds all terms of a thread. */
  derive(thread: number): void;
}

/**
 * Writes go on meanwhile: what they add before all is cleared may be cleared, too, and is added again with the rest of
 * its thread.
 */
export function createTermDerivation(db: Database): TermDerivation {
  const writeTerms = createTermWrites(db);
  const threads = createStoredThreads(db);
  const clear = db.prepare<[number]>(
    `DELETE FROM record_term WHERE (project, shelf, term, thread) IN
       (SELECT project, shelf, term, thread FROM record_term LIMIT ?)`,
  );
  return {
    clear: () => clear.run(ENTRIES_AT_ONCE).changes === ENTRIES_AT_ONCE,
    derive(thread) {
      const row = threads.at(thread)!;
      for (const document of ["metadata", "values"] as const) {
        const text = readDocument(db, thread, document);
        if (text !== null) writeTerms(row, document, null, parseJsonObject(text, [document]));
      }
    },
  };
}
