import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { StoreOpenError } from "../errors.ts";
import { MIGRATIONS } from "./migrations/index.ts";

export type { Database } from "better-sqlite3";

/** Marks a file as Skein's ("Skei" in ASCII). */
const APPLICATION_ID = 0x536b6569;

/** What an acknowledged write has survived: `full` a power cut, `relaxed` a crash of the process. */
export type Durability = "full" | "relaxed";

/** The pages in the log after which a commit makes a checkpoint; others are made meanwhile (checkpoints.ts). */
const LOG_PAGES = 4000;

/**
 * Opens the file for writing, makes it where there is none, and brings its schema up to date.
 *
 * @throws StoreOpenError with a line for people.
 */
export function openForWriting(file: string, durability: Durability): Database.Database {
  return explained(file, () => {
    if (file !== ":memory:") mkdirSync(dirname(file), { recursive: true });
    const db = keepPlans(new Database(file, { timeout: 5000 }));
    try {
      db.pragma("page_size = 8192");
      checkOwner(db, file);
      db.pragma("journal_mode = WAL");
      db.pragma(`synchronous = ${durability === "full" ? "FULL" : "NORMAL"}`);
      db.pragma("cache_size = -65536");
      // What a statement that changes many pages could be undone by; in a file, it costs more than the statement.
      db.pragma("temp_store = MEMORY");
      db.pragma(`wal_autocheckpoint = ${LOG_PAGES}`);
      migrate(db, file);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** Opens a file that `openForWriting` has prepared, for reading only. `cacheKib` bounds the memory it takes. */
export function openForReading(file: string, cacheKib: number): Database.Database {
  return explained(file, () => {
    const db = keepPlans(new Database(file, { readonly: true, fileMustExist: true, timeout: 5000 }));
    db.pragma(`cache_size = -${cacheKib}`);
    return db;
  });
}

/** Opens a file that `openForWriting` has prepared, for checkpoints only. */
export function openForCheckpoints(file: string): Database.Database {
  return explained(file, () => new Database(file, { fileMustExist: true, timeout: 5000 }));
}

/**
 * Refuses what is no database of Skein's.
 *
 * @throws StoreOpenError with a line for people.
 */
export function checkOwner(db: Database.Database, file: string): void {
  const owner = db.pragma("application_id", { simple: true });
  const tables = db.prepare("SELECT count(*) FROM sqlite_schema").pluck().get();
  if (owner !== APPLICATION_ID && tables !== 0) {
    throw new StoreOpenError(`${file} is a database of another program`);
  }
}

/** Runs the steps the file has not had yet, each in a transaction of its own. */
function migrate(db: Database.Database, file: string): void {
  const version = db.pragma("user_version", { simple: true }) as number;
  if (version > MIGRATIONS.length) {
    throw new StoreOpenError(
      `${file} was written by a newer version of Skein (schema ${version}, this version knows ${MIGRATIONS.length})`,
    );
  }
  for (const [index, step] of MIGRATIONS.entries()) {
    db.transaction(() => {
      // Asked inside the transaction: another process may be taking the same step.
      if (index < (db.pragma("user_version", { simple: true }) as number)) return;
      db.exec(step);
      db.pragma(`application_id = ${APPLICATION_ID}`);
      db.pragma(`user_version = ${index + 1}`);
    }).immediate();
  }
}

/**
 * Has the connection write each parameter `?` as `+?`, which means the same: SQLite prepares a statement anew for every
 * value that it thinks its plan might depend on, which takes longer than most statements, and the sign keeps it from
 * looking at values.
 */
function keepPlans(db: Database.Database): Database.Database {
  const prepare: (sql: string) => unknown = db.prepare.bind(db);
  db.prepare = ((sql: string) => prepare(sql.replace(/\?|\$\w+/g, "+$&"))) as typeof db.prepare;
  return db;
}

function explained<T>(file: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof StoreOpenError) throw error;
    const { code, message } = error as { code?: string; message: string };
    if (code === "SQLITE_NOTADB") throw new StoreOpenError(`${file} is not a SQLite database`);
    throw new StoreOpenError(`cannot open ${file}: ${message}`);
  }
}

const statements = new WeakMap<Database.Database, Map<string, Database.Statement<unknown[], unknown>>>();

/** The most statements a connection keeps; queries of many sort keys could make any number. */
const MAX_STATEMENTS = 200;

/** A statement of this connection, prepared on first use. */
export function prepared<Row>(db: Database.Database, sql: string): Database.Statement<unknown[], Row> {
  const known = statements.get(db) ?? new Map<string, Database.Statement<unknown[], unknown>>();
  statements.set(db, known);
  let statement = known.get(sql);
  if (!statement) {
    if (known.size >= MAX_STATEMENTS) known.clear();
    statement = db.prepare(sql);
    known.set(sql, statement);
  }
  return statement as Database.Statement<unknown[], Row>;
}

/** The row of a project; null if nothing was ever stored in it. */
export function findProject(db: Database.Database, projectId: string): number | null {
  return (
    prepared<{ id: number }>(db, "SELECT id FROM project WHERE project_id = ?").get(projectId)?.id ?? null
  );
}
