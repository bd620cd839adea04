import { existsSync, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import Database from "better-sqlite3";
import { StoreOpenError } from "../../errors.ts";
import { explained } from "./database.ts";

/** How long a server that has the file may take to stop. */
const WAIT_MS = 10_000;

/** How long until the next look whether it has. */
const RETRY_MS = 100;

/** A server's hold on a database file. */
export interface ServerLock {
  /** Says, to servers that want the file, where this one listens. */
  announce(url: string): void;
  /** Lets another server have the file. */
  release(): void;
}

/** What a server says of itself. */
interface Holder {
  pid: number;
  startedAt: string;
  url: string | null;
}

/** What a server that waits for a file needs. */
export interface HoldOptions {
  /** Ends the wait, which then raises its reason. */
  signal: AbortSignal;
  /** Learns, in a line for people, for which server it waits. */
  onWait: (line: string) => void;
}

/**
 * Holds a database file for this server alone, by a lock on a small database beside it, `<file>-server`, which is left
 * there. The lock is the system's, so it ends with the process, however that ends. Commands take no such lock, and none
 * keeps them off. Waits some seconds for a server that has the file already: it may be stopping.
 *
 * @throws StoreOpenError with a line for people: which server has the file, or why it cannot be held
 */
export async function holdForServer(file: string, { signal, onWait }: HoldOptions): Promise<ServerLock> {
  const path = explained(`${file}-server`, () => lockPath(file));
  const attempt = () => explained(path, () => tryToHold(path));
  let lock = attempt();
  if (!lock) onWait(`waits for ${describeHolder(path)} to let go of ${file}`);
  const deadline = performance.now() + WAIT_MS;
  while (!lock) {
    if (performance.now() >= deadline) {
      const remedy = "--shared lets several servers have it";
      throw new StoreOpenError(`${file} is served by ${describeHolder(path)}; ${remedy}`);
    }
    await setTimeout(RETRY_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    lock = attempt();
  }
  return lock;
}

/** The file by which a database is held; the same by whichever links that is reached. */
function lockPath(file: string): string {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true });
  const real = existsSync(file) ? realpathSync(file) : join(realpathSync(folder), basename(file));
  return `${real}-server`;
}

/** Null when another server holds it. */
function tryToHold(path: string): ServerLock | null {
  const db = new Database(path, { timeout: 0 });
  try {
    db.exec("BEGIN EXCLUSIVE");
    // From here on a commit keeps the lock: nobody gets in when the URL is written.
    db.pragma("locking_mode = EXCLUSIVE");
    db.exec(
      "CREATE TABLE IF NOT EXISTS server (id INTEGER PRIMARY KEY, pid INTEGER, started_at TEXT, url TEXT)",
    );
    db.prepare("REPLACE INTO server VALUES (1, ?, ?, NULL)").run(process.pid, new Date().toISOString());
    db.exec("COMMIT");
  } catch (error) {
    db.close();
    if ((error as { code?: string }).code === "SQLITE_BUSY") return null;
    throw error;
  }
  const setUrl = db.prepare<[string]>("UPDATE server SET url = ?");
  return {
    announce: (url) => void setUrl.run(url),
    release: () => void db.close(),
  };
}

/** The server that holds the file, for people. */
function describeHolder(path: string): string {
  const holder = readHolder(path);
  if (!holder) return "another server";
  const { pid, startedAt, url } = holder;
  return `process ${pid} (started ${startedAt}, ${url ?? "not listening yet"})`;
}

/** What the holder says of itself; null while it is just writing that. SQLite may not read the file, so it gets a copy. */
function readHolder(path: string): Holder | null {
  try {
    const copy = new Database(readFileSync(path));
    const read = copy.prepare<[], Holder>("SELECT pid, started_at AS startedAt, url FROM server");
    const holder = read.get() ?? null;
    copy.close();
    return holder;
  } catch {
    return null;
  }
}
