import type { JsonObject } from "../../../model/json/value.ts";
import { CROWDED_TERM, filterTerms, indexTerms } from "../../../model/query/index-terms.ts";
import { ID_KINDS } from "../../../model/threads/id-kind.ts";
import { type Database, prepared } from "../connection/database.ts";
import { joined, type Sql } from "../connection/sql.ts";
import { type RowScope, rowConditions, UUID_KIND } from "./record-scope.ts";
import type { StoredThread } from "./thread-rows.ts";

/** A document whose terms are kept. */
export type IndexedDocument = "metadata" | "values";

/** A term that a document must have to match. */
export interface Term {
  document: IndexedDocument;
  term: number;
}

/** Where the terms of a document stand: apart by document, and by the kind of the thread's id, its place in ID_KINDS. */
function shelfOf(document: IndexedDocument, idKind: number): number {
  return (document === "metadata" ? 0 : 2) + idKind;
}

/**
 * What the index keeps of a document: of a state, all but its messages. They are the bulk of it, change with every
 * turn, and nobody looks for threads by them.
 */
export function indexedPart(document: IndexedDocument, content: JsonObject): JsonObject {
  if (document === "metadata" || !content.has("messages")) return content;
  const part = new Map(content);
  part.delete("messages");
  return part;
}

/** The terms a document must have to contain a filter. */
export function termsOf(document: IndexedDocument, filter: JsonObject): Term[] {
  return filterTerms(indexedPart(document, filter)).map((term) => ({ document, term }));
}

/** Makes the function that brings the terms of a document up to date, inside the caller's transaction. */
export function createTermWrites(db: Database) {
  const add = db.prepare(
    "INSERT OR IGNORE INTO record_term (project, shelf, term, thread) VALUES (?, ?, ?, ?)",
  );
  const remove = db.prepare(
    "DELETE FROM record_term WHERE project = ? AND shelf = ? AND term = ? AND thread = ?",
  );
  return (
    thread: Pick<StoredThread, "id" | "project" | "id_kind">,
    document: IndexedDocument,
    before: JsonObject | null,
    after: JsonObject | null,
  ): void => {
    const [gone, come] = [before && indexedPart(document, before), after && indexedPart(document, after)];
    if (gone && come && hasSameMembers(gone, come)) return;
    const shelf = shelfOf(document, thread.id_kind!);
    const old = new Set(gone ? indexTerms(gone) : []);
    const now = new Set(come ? indexTerms(come) : []);
    for (const term of old.difference(now)) remove.run(thread.project, shelf, term, thread.id);
    for (const term of now.difference(old)) add.run(thread.project, shelf, term, thread.id);
  };
}

/** Whether one object was made of the other without a change: their members are the same objects. */
function hasSameMembers(a: JsonObject, b: JsonObject): boolean {
  return a.size === b.size && a.entries().every(([key, value]) => b.has(key) && b.get(key) === value);
}

/** How many documents may match a term, counting no further than `most`. */
export function countCandidates(db: Database, scope: RowScope, term: Term, most: number): number {
  const { sql, values } = candidateConditions("record_term", scope, term);
  const count = `SELECT count(*) AS threads FROM (SELECT 1 FROM record_term WHERE ${sql} LIMIT ?)`;
  return prepared<{ threads: number }>(db, count).get(...values, most)!.threads;
}

/** The rows of the threads whose document may match a term, each once. */
export function candidates(db: Database, scope: RowScope, term: Term): number[] {
  const { sql, values } = candidateConditions("record_term", scope, term);
  const rows = prepared<number>(db, `SELECT thread FROM record_term WHERE ${sql}`).pluck();
  return rows.all(...values) as number[];
}

/** The threads in a scope whose documents may match all of some terms, found by the first of them. */
export function candidateThreads(scope: RowScope, [first, ...others]: Term[]): Sql {
  const { sql, values } = joined([
    candidateConditions("found", scope, first!),
    ...rowConditions(scope),
    ...others.map((term) => mayMatch(scope, term)),
  ]);
  return {
    sql: `FROM record_term AS found CROSS JOIN thread ON thread.id = found.thread WHERE ${sql}`,
    values,
  };
}

/** Whether the document of a row of `thread` may match a term. */
export function mayMatch(scope: RowScope, term: Term): Sql {
  const { sql, values } = candidateConditions("other", scope, term);
  return {
    sql: `EXISTS (SELECT 1 FROM record_term AS other WHERE ${sql} AND other.thread = thread.id)`,
    values,
  };
}

/** The rows of the index that file a document under a term itself. */
export function termConditions(table: string, scope: RowScope, { document, term }: Term): Sql {
  return joined([shelfConditions(table, scope, document), { sql: `${table}.term = ?`, values: [term] }]);
}

function candidateConditions(table: string, scope: RowScope, { document, term }: Term): Sql {
  return joined([
    shelfConditions(table, scope, document),
    { sql: `${table}.term IN (?, ${CROWDED_TERM})`, values: [term] },
  ]);
}

/** The shelves of a document, or the one that a scope is confined to. */
function shelfConditions(table: string, { project, filter }: RowScope, document: IndexedDocument): Sql {
  const kinds = filter.uuidsOnly ? [UUID_KIND] : [...ID_KINDS.keys()];
  const shelves = kinds.map((kind) => shelfOf(document, kind));
  return {
    sql: `${table}.project = ? AND ${table}.shelf IN (${shelves.map(() => "?").join(", ")})`,
    values: [project, ...shelves],
  };
}
