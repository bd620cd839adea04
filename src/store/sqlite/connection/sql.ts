/** A condition, or a whole statement, with the values it binds. */
export interface Sql {
  sql: string;
  values: unknown[];
}

/** Conditions joined by AND. */
export function joined(conditions: Sql[]): Sql {
  return {
    sql: conditions.map(({ sql }) => sql).join(" AND "),
    values: conditions.flatMap(({ values }) => values),
  };
}
