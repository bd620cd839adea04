import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import Database from "better-sqlite3";
import { StoreOpenError } from "../../errors.ts";
import { APPLICATION_ID, checkOwner, type Durability, explained, keepPlans } from "../connection/database.ts";
import { MIGRATIONS } from "../schema/index.ts";
import { beginDerivations } from "./derive/derive-slices.ts";

/** The pages in the log after which a commit makes a checkpoint; others are made meanwhile (workers/wal-flusher.ts). */
const LOG_PAGES = 4000;

/**
 * Opens the file for writing, makes it where there is none, and brings its schema up to date. What was derived by older
 * rules is marked, for `createDerivationSlices` to derive it again.
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
      beginDerivations(db);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
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
