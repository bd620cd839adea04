import { statSync } from "node:fs";
import { InvalidRequestError } from "../../model/base/errors.ts";
import { isLongId, LONG_ID } from "../../model/base/ids.ts";
import { quoted } from "../../model/base/quoted.ts";
import type { TransferEntry } from "../../model/transfer.ts";
import { longTextIn } from "../../model/transfer-ids.ts";
import { NotFoundError } from "../../store/errors.ts";
import type { ProjectMover } from "../../store/roles/transfer.ts";
import { checkKinds } from "./check-kinds.ts";
import { type EntryBatch, readBatches } from "./read-batches.ts";

/** What an import reports, and listens to. */
export interface ImportOptions {
  /** Learns how much of the file is stored, in bytes. */
  onStored: (bytes: number) => void;
  /** Learns what is left out, in one line that names the file and the line. */
  onLeftOut: (what: string) => void;
  signal?: AbortSignal;
}

/**
 * Stores all that a file of an export holds, in many small transactions, and returns how many entries it was. What is
 * stored already stays as it is, so an import that was interrupted is finished by running it again. Entries with ids that
 * doors refuse, which an older Skein took, are left out, and what belongs to a thread that is.
 *
 * A batch is read only when the one before it is stored: a server that writes to the same database gets its turn
 * between the two. A file that can be read twice is looked through first: of one from a newer Skein nothing is stored.
 *
 * @throws Error with one line for people, which names the file and the line, when the file is not as it should be
 */
export async function importFile(
  store: ProjectMover,
  file: string,
  { onStored, onLeftOut, signal }: ImportOptions,
): Promise<number> {
  if (statSync(file).isFile()) await checkKinds(file, signal);
  const choose = createChoice((line, why) => onLeftOut(`${file}:${line}: left out: ${why}`));
  let stored = 0;
  for await (const batch of readBatches(file, signal)) {
    signal?.throwIfAborted();
    const { project, firstLine, lastLine, end } = batch;
    const entries = choose(batch);
    try {
      if (entries.length > 0) await store.importEntries(project, entries);
    } catch (error) {
      if (!(error instanceof InvalidRequestError || error instanceof NotFoundError)) throw error;
      throw new Error(`${file}: in lines ${firstLine} to ${lastLine}: ${error.message}`);
    }
    stored += entries.length;
    onStored(end);
  }
  return stored;
}

/** Makes the function that says which entries of batches, taken in their order, have no id that doors refuse. */
function createChoice(leaveOut: (line: number, why: string) => void): (batch: EntryBatch) => TransferEntry[] {
  let projectLine: number | null = null;
  let isLongProject = false;
  let lostThreads = new Set<string>();

  return (batch) => {
    const { project, entries, firstLine } = batch;
    if (batch.projectLine !== projectLine) {
      ({ projectLine } = batch);
      isLongProject = isLongId(project);
      lostThreads = new Set();
      if (isLongProject)
        leaveOut(projectLine, whyOf("all of a project, whose id", { text: project, limit: LONG_ID }));
    }
    if (isLongProject) return [];
    return entries.filter((entry, index) => {
      const long = longTextIn(entry, project);
      if (long === null)
        return !("messageId" in entry || "checkpointId" in entry) || !lostThreads.has(entry.threadId);
      leaveOut(firstLine + index, whyOf(`${entry.kind}, whose ${long.field}`, long));
      if (entry.kind === "thread") lostThreads.add(entry.threadId);
      return false;
    });
  };
}

function whyOf(what: string, { text, limit }: { text: string; limit: string }): string {
  return `${what} ${limit}: "${quoted(text)}"`;
}
