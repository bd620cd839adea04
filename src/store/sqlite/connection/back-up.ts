import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { checkOwner, openForReading } from "./database.ts";

/** Memory for pages of the database that is copied; none is read twice. */
const CACHE_KIB = 1024;

/** Pages copied between two looks at the signal: some megabytes. */
const PAGES_AT_ONCE = 500;

/** How a copy reports, and is ended early. */
export interface BackUpOptions {
  /** Learns how many pages of the database are copied. */
  onCopied: (pages: number, total: number) => void;
  signal: AbortSignal;
}

/**
 * Copies a database, as it is at one moment, to a new file, while others read and write it. The copy has another name
 * until it is complete; nothing is left of one that fails.
 *
 * The snapshot it is made from keeps the log of changes from being folded into the database for as long as it takes:
 * the log grows by what is written meanwhile.
 *
 * @throws Error with one line for people, also when the new file is there already
 */
export async function backUp(
  file: string,
  target: string,
  { onCopied, signal }: BackUpOptions,
): Promise<void> {
  const partial = `${target}.partial`;
  for (const path of [target, partial]) {
    if (existsSync(path)) throw new Error(`${path} is there already`);
  }
  const db = openForReading(file, CACHE_KIB);
  try {
    checkOwner(db, file);
    // In a snapshot of its own the copy need not begin anew whenever something is written.
    db.exec("BEGIN");
    db.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get();
    const { totalPages } = await db.backup(partial, {
      progress({ totalPages, remainingPages }) {
        signal.throwIfAborted();
        onCopied(totalPages - remainingPages, totalPages);
        return PAGES_AT_ONCE;
      },
    });
    if (existsSync(target)) throw new Error(`${target} is there already`);
    await rename(partial, target);
    onCopied(totalPages, totalPages);
  } finally {
    db.close();
    await rm(partial, { force: true });
  }
}
