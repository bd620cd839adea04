import Database from "better-sqlite3";

/** Every statement that a read or a write runs, as often as it does, with its values. */
export function statementsOf(file: string, run: (db: Database.Database) => Iterable<unknown>): string[] {
  const statements: string[] = [];
  const db = new Database(file, { verbose: (sql) => statements.push(String(sql)) });
  try {
    for (const _batch of run(db));
    return statements;
  } finally {
    db.close();
  }
}

/** The plans of the statements that a read or a write runs. */
export function plansOf(file: string, run: (db: Database.Database) => Iterable<unknown>): string[] {
  const statements = new Set(statementsOf(file, run));
  const db = new Database(file, { readonly: true });
  try {
    const explained = [...statements].filter((sql) => !/^(BEGIN|ROLLBACK)/.test(sql));
    return explained.flatMap((sql) =>
      db
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail),
    );
  } finally {
    db.close();
  }
}
