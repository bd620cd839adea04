import Database from "better-sqlite3";

/** Tables that say of a file what holds whether anything is stored in it. */
const KEPT = ["derivation"];

/** Takes all that is stored out of a file; its store may be open, since none remembers rows beyond a transaction. */
export function emptyFile(file: string): void {
  const db = new Database(file, { timeout: 5000 });
  try {
    db.pragma("synchronous = OFF");
    const tables = db
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .pluck()
      .all() as string[];
    db.transaction(() => {
      for (const table of tables) if (!KEPT.includes(table)) db.exec(`DELETE FROM "${table}"`);
    }).immediate();
  } finally {
    db.close();
  }
}
