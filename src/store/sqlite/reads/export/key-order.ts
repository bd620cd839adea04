import { type Database, prepared } from "../../connection/database.ts";

/** Rows looked up at a time. */
const PAGE_ROWS = 500;

/** A row by its number, and its key. */
export interface KeyedRow {
  id: number;
  key: string;
}

/** A table, and its text key, which is unique among the rows of one owner. */
interface KeyedTable {
  table: string;
  owner: string;
  key: string;
  /** A condition on the rows. */
  where?: string;
}

/** Yields the rows of an owner in the order of their keys, page by page: between two of them nothing is held. */
export function* rowsByKey(
  db: Database,
  { table, owner, key, where = "TRUE" }: KeyedTable,
  of: number,
): Generator<KeyedRow> {
  const page = prepared<KeyedRow>(
    db,
    `SELECT id, ${key} AS key FROM ${table}
     WHERE ${owner} = ? AND ${key} >= ? AND ${key} IS NOT ? AND ${where} ORDER BY ${key} LIMIT ${PAGE_ROWS}`,
  );
  let last: string | null = null;
  for (;;) {
    const rows = page.all(of, last ?? "", last);
    yield* rows;
    if (rows.length < PAGE_ROWS) return;
    last = rows.at(-1)!.key;
  }
}
