import Database from "better-sqlite3";
import { THREAD_RULES, TRACE_RULES } from "../../../src/model/base/rules-version.ts";
import { textAtPlace } from "../../../src/model/transcripts/kept-message.ts";
import type { Derivation } from "../../../src/store/roles/derivation.ts";
import { APPLICATION_ID } from "../../../src/store/sqlite/connection/database.ts";
import { TEXT_PLACES } from "../../../src/store/sqlite/schema/015-text-places.ts";
import { MIGRATIONS } from "../../../src/store/sqlite/schema/index.ts";
import { readEnd, readStart } from "../../../src/store/sqlite/tables/call-halves.ts";
import { PART_RULES } from "../../../src/store/sqlite/tables/derivation-marks.ts";

/** Makes a file as it would be had the schema ended before a step when everything in another file was written. */
export function makeOlder(file: string, older: string, step: string): void {
  const steps = MIGRATIONS.indexOf(step);
  const db = new Database(older);
  for (const each of MIGRATIONS.slice(0, steps)) db.exec(each);
  db.pragma(`application_id = ${APPLICATION_ID}`);
  db.pragma(`user_version = ${steps}`);
  db.prepare("ATTACH ? AS newer").run(file);
  // What a later step dropped is empty.
  const tables = db.prepare<[], string>(
    `SELECT name FROM main.sqlite_schema WHERE type = 'table'
     INTERSECT SELECT name FROM newer.sqlite_schema WHERE type = 'table'`,
  );
  for (const table of tables.pluck().all()) {
    const columns = db.prepare<[string], string>("SELECT name FROM pragma_table_info(?)").pluck().all(table);
    const names = columns.map((name) => `"${name}"`).join(", ");
    db.exec(`INSERT OR REPLACE INTO main.${table} (${names}) SELECT ${names} FROM newer.${table}`);
  }
  if (steps <= MIGRATIONS.indexOf(TEXT_PLACES)) repeatWords(db);
  db.close();
}

/** Has what spans and calls say stand in each place in full, where it is by now the place of what stands elsewhere. */
function repeatWords(db: Database.Database): void {
  db.function("text_of", (text, json, at) => (at === null ? text : textAtPlace(json as string, Number(at))));
  db.exec(`UPDATE main.span_message SET text =
    (SELECT text_of(text, json, text_at) FROM newer.span_message AS of WHERE of.id = span_message.id)`);
  if (!db.prepare("SELECT 1 FROM main.sqlite_schema WHERE name = 'call_body'").get()) return;
  const whole =
    (read: (kept: string, document: () => string) => object) => (kept: unknown, document: unknown) =>
      kept === null ? null : JSON.stringify(read(kept as string, () => document as string));
  db.function("whole_start", whole(readStart));
  db.function("whole_end", whole(readEnd));
  db.exec(
    `UPDATE main.call_body SET start_said = whole_start(start_said, start), end_said = whole_end(end_said, "end")`,
  );
}

/**
 * Takes a file through the steps that it lacks, and has nothing derived in it: as versions did that could not, where the
 * rows are then `current`; as if nobody had come by yet, where they are `behind`.
 */
export function upgradeUnderived(file: string, rows: "current" | "behind" = "current"): void {
  const db = new Database(file);
  for (const step of MIGRATIONS.slice(db.pragma("user_version", { simple: true }) as number)) db.exec(step);
  db.pragma(`user_version = ${MIGRATIONS.length}`);
  if (rows === "current") setRules(db, { trace: TRACE_RULES, thread: THREAD_RULES });
  for (const [part, rules] of Object.entries(PART_RULES)) {
    db.prepare("INSERT OR REPLACE INTO derivation VALUES (?, ?, NULL, NULL)").run(part, rules);
  }
  db.close();
}

/** Makes everything in a file what older rules have made. */
export function makeBehind(file: string): void {
  const db = new Database(file);
  setRules(db, { trace: 0, thread: 0 });
  db.close();
  beginAgain(file);
}

/** Has what in a file is behind looked for once more, in these parts. */
export function beginAgain(file: string, parts: Derivation["part"][] = ["threads", "traces"]): void {
  const db = new Database(file);
  for (const part of parts) db.prepare("UPDATE derivation SET rules = 0 WHERE part = ?").run(part);
  db.close();
}

function setRules(db: Database.Database, { trace, thread }: { trace: number; thread: number }): void {
  db.exec(`UPDATE trace SET rules = ${trace}; UPDATE thread SET rules = ${thread}`);
}
