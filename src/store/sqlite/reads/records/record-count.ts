import { CROWDED_TERM } from "../../../../model/query/index-terms.ts";
import { THREAD_STATUSES } from "../../../../model/threads/thread-record.ts";
import type { YIELD } from "../../../shared/cooperative-read.ts";
import { type Database, prepared } from "../../connection/database.ts";
import { joined, type Sql } from "../../connection/sql.ts";
import {
  countHidden,
  type RowScope,
  rowConditions,
  rowsWithin,
  UUID_KIND,
} from "../../tables/record-scope.ts";
import { candidates, type Term, termConditions } from "../../tables/record-terms.ts";
import type { DocumentFilter } from "./record-filter.ts";

/** How many records of one kind there are. */
export interface RecordCount {
  /** The place of the kind of their ids in ID_KINDS. */
  idKind: number;
  status: number;
  records: number;
}

/** What decides which threads match. */
export interface MatchScope {
  scope: RowScope;
  /** The kinds of records in the scope. */
  counts: RecordCount[];
  filter: DocumentFilter | null;
  /** The filter's terms, the rarest first as far as that was looked at. */
  terms: Term[];
  /** How many threads may match the first of them, counted no further than what decides how to find them. */
  mayMatch: number;
  /** Whether the threads that have all terms are those that match, but for what hash values share by accident. */
  isSure: boolean;
}

/** The kinds of records in a scope of which there are any, with their numbers. */
export function recordCounts(db: Database, { project, filter }: RowScope): RecordCount[] {
  const rows = prepared<RecordCount>(
    db,
    "SELECT listed AS idKind, status, records FROM record_count WHERE project = ? AND records > 0",
  ).all(project);
  const status = filter.status === null ? null : THREAD_STATUSES.indexOf(filter.status);
  return rows.filter(
    (row) => (status === null || row.status === status) && (row.idKind === UUID_KIND || !filter.uuidsOnly),
  );
}

/** How many records there are of some kinds. */
export function recordsIn(counts: RecordCount[]): number {
  return counts.reduce((sum, { records }) => sum + records, 0);
}

/**
 * How many threads of a scope match, where their terms decide. Without a filter that is in the counters. With one it
 * costs a step in the index of terms for each thread that has its first term, and a look at each crowded document.
 */
export function* countMatches(
  db: Database,
  { scope, counts, filter, isSure }: MatchScope,
): Generator<typeof YIELD, number> {
  if (filter === null) return recordsIn(counts) - countHidden(db, scope);
  if (isSure) return countWithTerms(db, scope, filter.terms);
  const documents = new Set(filter.terms.map(({ document }) => document));
  const crowded = [...documents].flatMap((document) =>
    candidates(db, scope, { document, term: CROWDED_TERM }),
  );
  const unsure = yield* filter.matching(rowsWithin(db, scope, [...new Set(crowded)]));
  return countWithTerms(db, scope, filter.terms) + unsure.length;
}

function countWithTerms(db: Database, scope: RowScope, [first, ...others]: Term[]): number {
  const conditions: Sql[] = [termConditions("first", scope, first!)];
  for (const term of others) {
    const { sql, values } = termConditions("other", scope, term);
    conditions.push({
      sql: `EXISTS (SELECT 1 FROM record_term AS other WHERE ${sql} AND other.thread = first.thread)`,
      values,
    });
  }
  // Whatever has terms is a record, on the shelf of its kind of id; the row says only what else there is to know.
  const readsRows = scope.filter.status !== null || scope.hidden !== null;
  if (readsRows) conditions.push(...rowConditions(scope));
  const { sql, values } = joined(conditions);
  const join = readsRows ? "JOIN thread ON thread.id = first.thread" : "";
  return prepared<{ threads: number }>(
    db,
    `SELECT count(*) AS threads FROM record_term AS first ${join} WHERE ${sql}`,
  ).get(...values)!.threads;
}
