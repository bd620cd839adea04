import Database from "better-sqlite3";
import { openStore } from "../src/store/open-store.ts";

/** The rows of one table, and what adds one. */
interface Table {
  rows: unknown[][];
  insert: string;
}

/**
 * How long the rows of a store take, all of them with their indexes, written into a new file of the same schema and
 * settings by bare prepared statements, in milliseconds: the least that storing the same can cost. Each of the
 * transactions takes an equal share of every table, in the order of arrival.
 */
export async function timeBareWrites(file: string, copy: string, transactions: number): Promise<number> {
  const tables = readTables(file);
  const target = await emptyCopy(copy);
  const adds = tables.map(({ rows, insert }) => ({ rows, add: target.prepare(insert) }));
  const writeShare = target.transaction((share: number) => {
    for (const { rows, add } of adds) {
      const [from, to] = [share, share + 1].map((n) => Math.floor((rows.length * n) / transactions));
      for (let at = from!; at < to!; at++) add.run(rows[at]);
    }
  });
  const start = performance.now();
  for (let share = 0; share < transactions; share++) writeShare(share);
  const took = performance.now() - start;
  target.close();
  return took;
}

/** A new file with the schema of a store, and a connection to it with the settings of the store's own. */
async function emptyCopy(file: string): Promise<Database.Database> {
  const store = await openStore({ db: file });
  await store.close();
  const db = new Database(file);
  for (const setting of [
    "synchronous = FULL",
    "cache_size = -65536",
    "temp_store = MEMORY",
    "wal_autocheckpoint = 4000",
  ]) {
    db.pragma(setting);
  }
  return db;
}

function readTables(file: string): Table[] {
  const source = new Database(file, { readonly: true });
  const names = source
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .pluck();
  // Generated columns, which table_info leaves out, cannot be written.
  const columnsOf = source
    .prepare<[string], string>(`SELECT '"' || name || '"' FROM pragma_table_info(?)`)
    .pluck();
  const tables = names.all().map((name) => {
    const columns = columnsOf.all(name);
    const places = columns.map(() => "?").join(", ");
    return {
      rows: source
        .prepare<[], unknown[]>(`SELECT ${columns.join(", ")} FROM "${name}"`)
        .raw()
        .all(),
      // A new file has rows that say by which rules it was made.
      insert: `INSERT OR REPLACE INTO "${name}" (${columns.join(", ")}) VALUES (${places})`,
    };
  });
  source.close();
  return tables;
}
