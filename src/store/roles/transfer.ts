import type { TransferEntry } from "../../model/transfer.ts";
import type { ReadOptions } from "./read-options.ts";

/** Gives out and takes in all that projects hold, but no keys: how they move from one store to another. */
export interface ProjectMover {
  /** The projects in which anything is stored, in the order of code points. Costs a few look-ups each. */
  listProjects(): Promise<string[]>;
  /**
   * Yields all that a project holds, from one snapshot, in batches of bounded size, and at least one batch. Of two
   * stores that hold the same the entries are the same, in the same order: by kind and key, after each thread its
   * states and messages, and objects and tables after the documents they name. What has expired and is not swept yet is
   * among them. Releases as `queryThreads` does.
   */
  exportProject(projectId: string, options?: ReadOptions): AsyncIterable<TransferBatch>;
  /**
   * Stores entries of an export in their order, in one transaction, with all that follows from them; the stretches of
   * a file or table must come together. What the project has already stays as it is: a span's version by
   * `compareVersions`, all else by its identity. Durable when it resolves. Must raise `NotFoundError`, and store
   * nothing, if a state or message comes without its thread, or an object or table without a document.
   */
  importEntries(projectId: string, entries: TransferEntry[]): Promise<void>;
}

/** A part of what a project holds. */
export interface TransferBatch {
  entries: TransferEntry[];
  /** The same in every batch: about how many entries there are in all. */
  total: number;
}
