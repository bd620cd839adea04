import { InvalidRequestError } from "../../model/base/errors.ts";
import { NotFoundError } from "../../store/errors.ts";
import type { ProjectMover } from "../../store/roles/transfer.ts";
import { readBatches } from "./read-batches.ts";

/** What an import reports, and listens to. */
export interface ImportOptions {
  /** Learns how much of the file is stored, in bytes. */
  onStored: (bytes: number) => void;
  signal?: AbortSignal;
}

/**
 * Stores all that a file of an export holds, in many small transactions, and returns how many entries it was. What is
 * stored already stays as it is, so an import that was interrupted is finished by running it again.
 *
 * A batch is read only when the one before it is stored: a server that writes to the same database gets its turn
 * between the two.
 *
 * @throws Error with one line for people, which names the file and the line, when the file is not as it should be
 */
export async function importFile(
  store: ProjectMover,
  file: string,
  { onStored, signal }: ImportOptions,
): Promise<number> {
  let stored = 0;
  for await (const { project, entries, firstLine, lastLine, end } of readBatches(file, signal)) {
    signal?.throwIfAborted();
    try {
      await store.importEntries(project, entries);
    } catch (error) {
      if (!(error instanceof InvalidRequestError || error instanceof NotFoundError)) throw error;
      throw new Error(`${file}: in lines ${firstLine} to ${lastLine}: ${error.message}`);
    }
    stored += entries.length;
    onStored(end);
  }
  return stored;
}
