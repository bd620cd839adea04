import { realpathSync, statSync } from "node:fs";
import { basename } from "node:path";
import { StoreUnavailableError } from "../../errors.ts";

const CONSEQUENCE = "while Skein had it open, so writes are refused";

/** A file as it was when it was opened; crosses between threads. Birth is 0 where the mount does not tell it. */
interface FileIdentity {
  path: string;
  device: bigint;
  number: bigint;
  birth: bigint;
}

/** The files of an open database. */
export interface DatabaseFiles {
  database: FileIdentity;
  log: FileIdentity;
  index: FileIdentity;
}

/**
 * What the paths of a database lead to. `lost`: not to the files that are open, with a line for people on what happened
 * and what to do. `renumbered`: to files of other numbers that may be the same, on a mount that numbers files anew.
 */
export type Sight = { kind: "there" } | { kind: "lost"; line: string } | { kind: "renumbered" };

type Finding = "there" | "gone" | "another" | "renumbered";

/** Notes which files a database has. It must be open, with its log: SQLite keeps all three until the last connection closes. */
export function identifyFiles(file: string): DatabaseFiles {
  // SQLite puts the log beside the file itself, not beside a link to it.
  const real = realpathSync(file);
  return { database: identify(file), log: identify(`${real}-wal`), index: identify(`${real}-shm`) };
}

/**
 * Looks whether the files are still where they were opened; takes some 30 µs. Never opens them: closing a file again
 * would release the locks that SQLite has on it in this process.
 */
export function lookAtFiles({ database, log, index }: DatabaseFiles): Sight {
  let sight: Sight = { kind: "there" };
  for (const file of [database, log, index]) {
    const found = find(file);
    if (found === "gone" || found === "another") {
      return { kind: "lost", line: file === database ? databaseLost(file, found) : companionLost(file) };
    }
    if (found === "renumbered") sight = { kind: "renumbered" };
  }
  return sight;
}

/** Raises `StoreUnavailableError` when the files are lost. */
function mustBeThere(files: DatabaseFiles): void {
  const sight = lookAtFiles(files);
  if (sight.kind === "lost") throw new StoreUnavailableError(sight.line);
}

/**
 * Opens one more connection to files that are open. Another file of that name would be read as if it were theirs.
 *
 * @throws StoreUnavailableError when the files are lost
 */
export function openSame<Connection extends { close(): void }>(
  files: DatabaseFiles,
  open: () => Connection,
): Connection {
  // Before, since SQLite would make a log that is missing; after, to be sure of what was opened.
  mustBeThere(files);
  const connection = open();
  try {
    mustBeThere(files);
  } catch (error) {
    connection.close();
    throw error;
  }
  return connection;
}

function identify(path: string): FileIdentity {
  const { dev, ino, birthtimeNs } = statSync(path, { bigint: true });
  return { path, device: dev, number: ino, birth: birthtimeNs };
}

/**
 * What is at the path of a file. An open file keeps its number, and no other gets it, except on some network and FUSE
 * mounts, which may number a file anew. So a different number alone proves nothing: it is another file only if it was
 * also born at another time.
 */
function find({ path, device, number, birth }: FileIdentity): Finding {
  let now: ReturnType<typeof statOf>;
  try {
    now = statOf(path);
  } catch {
    // A folder that may not be entered, a server that does not answer: that is no proof that the file is lost.
    return "there";
  }
  if (!now) return "gone";
  if (now.dev === device && now.ino === number) return "there";
  const areBirthsKnown = birth !== 0n && now.birthtimeNs !== 0n;
  return areBirthsKnown && now.birthtimeNs !== birth ? "another" : "renumbered";
}

function statOf(path: string) {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

/** The line for a database that is lost. Like the other it names no folder: clients see it. */
function databaseLost({ path }: FileIdentity, found: Finding): string {
  const name = basename(path);
  return found === "gone"
    ? `${name} was deleted or moved ${CONSEQUENCE}: move it back, or put a backup there and restart Skein`
    : `${name} was replaced ${CONSEQUENCE}: move the first one back, or restart Skein to serve the new one`;
}

/** The line for a lost log or index; whatever the log had is in the database by then, or is when Skein stops. */
function companionLost({ path }: FileIdentity): string {
  const remedy = "put it back or restart Skein, neither loses what was acknowledged";
  return `${basename(path)} was deleted or replaced ${CONSEQUENCE}: ${remedy}`;
}
