import { allBatches, type CooperativeRead } from "../../shared/cooperative-read.ts";
import type { Database } from "../connection/database.ts";

/** A read of the store. The engine calls one of its two ways, in one snapshot; both give the same. */
export interface Read<Query, Batch> {
  /** What the reader workers know it by; no other read has it. */
  name: string;
  /**
   * All batches, if that is sure to be short (`BUDGET`); null if a worker has to read them. Runs on the main thread, so
   * finding out must be short too.
   */
  readShort(db: Database, query: Query): Batch[] | null;
  /** Yields the batches, each made when it is asked for, in a worker. Pauses often, with a batch or with `YIELD`. */
  pages(db: Database, query: Query): CooperativeRead<Batch>;
}

/** What a read is declared by. */
interface ReadDeclaration<Query, Batch> extends Pick<Read<Query, Batch>, "name" | "pages"> {
  /** Whether the main thread may make all the pages at once. */
  fitsMainThread(db: Database, query: Query): boolean;
}

/** Declares a read. One that finds its answer on the way to knowing that it is short is written as a `Read`. */
export function defineRead<Query, Batch>({
  name,
  fitsMainThread,
  pages,
}: ReadDeclaration<Query, Batch>): Read<Query, Batch> {
  return {
    name,
    pages,
    readShort: (db, query) => (fitsMainThread(db, query) ? allBatches(pages(db, query)) : null),
  };
}

/** Declares a read of one answer that is always short: some look-ups. */
export function defineLookUp<Query, Answer>(
  name: string,
  find: (db: Database, query: Query) => Answer,
): Read<Query, Answer> {
  return {
    name,
    readShort: (db, query) => [find(db, query)],
    *pages(db, query) {
      yield find(db, query);
      return undefined;
    },
  };
}

/** For reads that may be long whatever they are asked. */
export const never = (): boolean => false;
