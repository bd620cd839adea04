import Database from "better-sqlite3";
import { APPLICATION_ID } from "../../../src/store/sqlite/connection/database.ts";
import { BACKLOG } from "../../../src/store/sqlite/schema/011-backlog.ts";
import { MIGRATIONS } from "../../../src/store/sqlite/schema/index.ts";

/** Makes a file as it would be had the schema ended before a step when everything in another file was written. */
export function makeOlder(file: string, older: string, step: string): void {
  const steps = MIGRATIONS.indexOf(step);
  const db = new Database(older);
  for (const each of MIGRATIONS.slice(0, steps)) db.exec(each);
  db.pragma(`application_id = ${APPLICATION_ID}`);
  db.pragma(`user_version = ${steps}`);
  db.prepare("ATTACH ? AS newer").run(file);
  for (const table of db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .pluck()
    .all()) {
    const columns = db.prepare<[string], string>("SELECT name FROM pragma_table_info(?)").pluck().all(table);
    const names = columns.map((name) => `"${name}"`).join(", ");
    db.exec(`INSERT INTO main.${table} (${names}) SELECT ${names} FROM newer.${table}`);
  }
  db.close();
}

/** Takes a file through the steps that it lacks, as versions did that had no backlog. */
export function upgradeWithoutBacklog(file: string): void {
  const db = new Database(file);
  for (const step of MIGRATIONS.slice(db.pragma("user_version", { simple: true }) as number)) db.exec(step);
  db.pragma(`user_version = ${MIGRATIONS.length}`);
  db.exec("DELETE FROM backlog");
  db.close();
}

/** Makes a file one that has all steps but the one that asks what it lacks. */
export function forgetBacklogStep(file: string): void {
  const db = new Database(file);
  db.exec("DROP TABLE backlog");
  db.pragma(`user_version = ${MIGRATIONS.indexOf(BACKLOG)}`);
  db.close();
}
