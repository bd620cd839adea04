import type {
  ContentKey,
  FoundVersion,
  ObjectDraft,
  ObjectKey,
  ObjectQuery,
  ObjectVersion,
  ObjectVersions,
  PlacedRow,
  StoredFile,
  TableDraft,
  TableQuery,
} from "../../model/content/content.ts";
import type { ReadOptions } from "./read-options.ts";

/** Keeps files. */
export interface FileStore {
  /** Stores a file, once for each project and digest, whatever its pieces. Durable when it resolves. */
  createFile(file: StoredFile): Promise<void>;
  /**
   * Yields a file's bytes in pieces of the size they came in. Must raise `NotFoundError` if there is none. Costs, and
   * holds in memory, a piece at a time.
   */
  readFile(key: ContentKey): AsyncIterable<Uint8Array>;
}

/** Keeps the versions of named objects. */
export interface ObjectStore {
  /**
   * Stores a value under a name. One that the name does not have yet becomes its next version, and the latest; one that
   * it has changes nothing. A value is kept once for each project and digest, in its first spelling. Durable when it
   * resolves.
   */
  createObject(draft: ObjectDraft): Promise<void>;
  /**
   * Removes versions of an object, all or none of those named, and returns how many; the newest that is left becomes the
   * latest. Numbers of versions are not given again: a value that is stored anew is the next version. Must raise
   * `NotFoundError` for a version that is not there, or a name without any. Values stay, since they are shared. Durable
   * when it resolves.
   */
  deleteObject(which: ObjectVersions): Promise<number>;
  /** One version with its value; null if there is none. Costs a look-up and the value. */
  getObject(key: ObjectKey): Promise<ObjectVersion | null>;
  /**
   * Yields those of some versions that are there, with their values, in the order asked for, in batches of bounded size,
   * from one snapshot. Costs the look-ups and the values. Releases as `queryThreads` does.
   */
  getObjects(keys: ObjectKey[], options?: ReadOptions): AsyncIterable<FoundVersion[]>;
  /**
   * Yields the versions that match, in order, in batches of bounded size, from one snapshot. Costs what it returns and
   * steps over where it filters nothing; the versions of the names asked for; for the latest alone, the names. Other
   * filters look at all of the project. Releases as `queryThreads` does.
   */
  queryObjects(query: ObjectQuery, options?: ReadOptions): AsyncIterable<ObjectVersion[]>;
}

/** Keeps tables, whose rows are JSON objects. */
export interface TableStore {
  /**
   * Stores a table, once for each project and digest, and those of its rows that the project does not have yet. Must
   * raise `NotFoundError`, and store nothing, if the value of a row is neither given nor there. Durable when it resolves.
   */
  createTable(table: TableDraft): Promise<void>;
  /** How many rows a table has; null if there is none. Costs a look-up. */
  countRows(key: ContentKey): Promise<number | null>;
  /**
   * Yields rows of a table in order, in batches of bounded size, from one snapshot; none if there is no such table.
   * Costs what it returns and the offset; for rows of given digests, the table's list. Releases as `queryThreads` does.
   */
  queryRows(query: TableQuery, options?: ReadOptions): AsyncIterable<PlacedRow[]>;
}
