import { openForReading, openForWriting } from "../src/store/sqlite/database.ts";

/** Rows of one transaction. */
const TRANSACTION_ROWS = 1000;

/**
 * How long the rows of a store take, all of them with their indexes, written into a new file of the same schema and
 * settings by bare prepared statements, in milliseconds: the least that storing the same can cost.
 */
export function timeBareWrites(file: string, copy: string): number {
  const source = openForReading(file, 65_536);
  const target = openForWriting(copy, "full");
  let took = 0;
  try {
    const tables = source
      .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .pluck();
    for (const table of tables.all()) {
      const rows = source.prepare<[], unknown[]>(`SELECT * FROM "${table}"`).raw().all();
      if (rows.length === 0) continue;
      const add = target.prepare(`INSERT INTO "${table}" VALUES (${rows[0]!.map(() => "?").join(", ")})`);
      const addAll = target.transaction((some: unknown[][]) => {
        for (const row of some) add.run(...row);
      });
      const start = performance.now();
      for (let at = 0; at < rows.length; at += TRANSACTION_ROWS)
        addAll(rows.slice(at, at + TRANSACTION_ROWS));
      took += performance.now() - start;
    }
    return took;
  } finally {
    source.close();
    target.close();
  }
}
