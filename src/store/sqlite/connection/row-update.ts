import type { Database, Statement } from "better-sqlite3";

/** Writes a row by its id: the values of the plain columns, and the indexed ones as they were and as they are to be. */
export type RowUpdate = (id: number, plain: unknown[], before: unknown[], after: unknown[]) => void;

/**
 * Makes the function that writes a row, and of its indexed columns those alone that changed: SQLite takes a row out of
 * every index of a column that is set, and puts it in again, whether the value differs or not.
 */
export function createRowUpdate(
  db: Database,
  table: string,
  plain: readonly string[],
  indexed: readonly string[],
): RowUpdate {
  /** By which of the indexed columns are set, a bit each. */
  const statements = new Map<number, Statement<unknown[]>>();

  function prepare(set: number): Statement<unknown[]> {
    const columns = [...plain, ...indexed.filter((_, index) => set & (1 << index))];
    const statement = db.prepare<unknown[]>(
      `UPDATE ${table} SET ${columns.map((column) => `${column} = ?`).join(", ")} WHERE id = ?`,
    );
    statements.set(set, statement);
    return statement;
  }

  return (id, values, before, after) => {
    const bound = [...values];
    let set = 0;
    for (const [index, value] of after.entries()) {
      if (value === before[index]) continue;
      set |= 1 << index;
      bound.push(value);
    }
    if (bound.length > 0) (statements.get(set) ?? prepare(set)).run(...bound, id);
  };
}
