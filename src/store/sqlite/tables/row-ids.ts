import { THREAD_RULES, TRACE_RULES } from "../../../model/base/rules-version.ts";
import type { ThreadKey } from "../../../model/traces/node.ts";
import type { Database } from "../connection/database.ts";

/** The row of a trace, how many of its spans are stored, and the number of the rules that all else is derived by. */
export interface StoredTrace {
  id: number;
  spanCount: number;
  rules: number;
}

/**
 * The row ids that stand for names: made on first use, remembered for the length of a transaction (a rollback takes
 * new ones away again).
 */
export interface Keys {
  project(projectId: string): number;
  thread(project: number, threadId: string): ThreadKey;
  trace(project: number, traceId: string): StoredTrace;
  origin(bytes: Uint8Array, digest: Uint8Array): number;
  /** Forgets everything remembered. */
  reset(): void;
}

export function createKeys(db: Database): Keys {
  const project = createProjectRows(db);
  const thread = createThreadRows(db);
  const findTrace = db.prepare<[number, string], StoredTrace>(
    "SELECT id, span_count AS spanCount, rules FROM trace WHERE project = ? AND trace_id = ?",
  );
  const addTrace = db.prepare<[number, string]>(
    `INSERT INTO trace (project, trace_id, rules) VALUES (?, ?, ${TRACE_RULES})`,
  );
  const findOrigin = db.prepare<[Uint8Array], number>("SELECT id FROM origin WHERE digest = ?").pluck();
  const addOrigin = db.prepare<[Uint8Array, Uint8Array]>("INSERT INTO origin (digest, bytes) VALUES (?, ?)");
  const remembered = new Map<string, number>();

  function remember(name: string, find: () => number): number {
    const known = remembered.get(name);
    if (known !== undefined) return known;
    const found = find();
    remembered.set(name, found);
    return found;
  }

  return {
    project: (projectId) => remember(`p${projectId}`, () => project(projectId)),
    thread: (of, threadId) => remember(`t${of}/${threadId}`, () => thread(of, threadId)),
    trace: (of, traceId) =>
      findTrace.get(of, traceId) ?? {
        id: Number(addTrace.run(of, traceId).lastInsertRowid),
        spanCount: 0,
        rules: TRACE_RULES,
      },
    origin: (bytes, digest) =>
      remember(`o${Buffer.from(digest).toString("latin1")}`, () => {
        const known = findOrigin.get(digest);
        return known ?? Number(addOrigin.run(digest, bytes).lastInsertRowid);
      }),
    reset: () => remembered.clear(),
  };
}

/** Makes the function that finds the row of a project, or makes it, and remembers nothing. */
export function createProjectRows(db: Database): (projectId: string) => number {
  return intern<[string]>(db, "project", ["project_id"], {});
}

/** The same for a thread of a project. */
export function createThreadRows(db: Database): (project: number, threadId: string) => ThreadKey {
  return intern<[number, string]>(db, "thread", ["project", "thread_id"], { rules: THREAD_RULES });
}

/** Finds the row with these values, or makes it with some numbers beside them. */
function intern<Values extends unknown[]>(
  db: Database,
  table: string,
  columns: string[],
  made: Record<string, number>,
) {
  const find = db
    .prepare<Values, number>(`SELECT id FROM ${table} WHERE ${columns.map((c) => `${c} = ?`).join(" AND ")}`)
    .pluck();
  const values = [...columns.map(() => "?"), ...Object.values(made)];
  const add = db.prepare<Values>(
    `INSERT INTO ${table} (${[...columns, ...Object.keys(made)].join(", ")}) VALUES (${values.join(", ")})`,
  );
  return (...values: Values): number => find.get(...values) ?? Number(add.run(...values).lastInsertRowid);
}
