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

/** Writes a row by its id: of some fields, those alone that differ from what they were. */
export type RowChange<Row> = (id: number, before: Row, after: Row, fields: readonly string[]) => void;

/**
 * Makes the function that writes, of groups of columns, those alone in which a value changed: few groups keep few
 * statements, and a column of an index is best a group of its own. `columnOf` gives the column of a field.
 */
export function createRowChange<Row>(
  db: Database,
  table: string,
  groups: readonly (readonly (keyof Row & string)[])[],
  columnOf: (field: string) => string,
): RowChange<Row> {
  const bits = new Map<string, number>(
    groups.flatMap((group, index) => group.map((field) => [field, 1 << index] as const)),
  );
  /** By the bits of the groups that are set: what sets them, and their fields in its order. */
  const statements = new Map<number, { fields: (keyof Row)[]; statement: Statement<unknown[]> }>();

  function prepare(set: number) {
    const fields = groups.filter((_, index) => set & (1 << index)).flat();
    const sql = fields.map((field) => `${columnOf(field)} = ?`).join(", ");
    const prepared = { fields, statement: db.prepare<unknown[]>(`UPDATE ${table} SET ${sql} WHERE id = ?`) };
    statements.set(set, prepared);
    return prepared;
  }

  return (id, before, after, names) => {
    let set = 0;
    for (const name of names) {
      if (before[name as keyof Row] !== after[name as keyof Row]) set |= bits.get(name) ?? 0;
    }
    if (set === 0) return;
    const { fields, statement } = statements.get(set) ?? prepare(set);
    statement.run(...fields.map((field) => after[field]), id);
  };
}
