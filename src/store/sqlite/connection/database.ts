import Database from "better-sqlite3";
import { StoreOpenError } from "../../errors.ts";

export type { Database } from "better-sqlite3";

/** Marks a file as Skein's ("Skei" in ASCII). */
export const APPLICATION_ID = 0x536b6569;

/** What an acknowledged write has survived: `full` a power cut, `relaxed` a crash of the process. */
export type Durability = "full" | "relaxed";

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

/**
 * Has the connection write each parameter `?` as `+?`, which means the same: SQLite prepares a statement anew for every
 * value that it thinks its plan might depend on, which takes longer than most statements, and the sign keeps it from
 * looking at values.
 */
export function keepPlans(db: Database.Database): Database.Database {
  const prepare: (sql: string) => unknown = db.prepare.bind(db);
  db.prepare = ((sql: string) => prepare(sql.replace(/\?|\$\w+/g, "+$&"))) as typeof db.prepare;
  return db;
}

/** What cannot be opened as an error with a line for people. */
export function explained<T>(file: string, open: () => T): T {
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
