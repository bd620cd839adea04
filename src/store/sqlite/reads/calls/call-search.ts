import { InvalidRequestError } from "../../../../model/base/errors.ts";
import type { CallFilter, CallQuery, CallSort } from "../../../../model/calls/call.ts";
import { callColumn, callFields } from "../../../../model/calls/call-fields.ts";
import { type CallPlace, callOrder, needsDocuments } from "../../../../model/calls/call-order.ts";
import { type Expression, fieldsIn, holds } from "../../../../model/query/expression/expression.ts";
import { YIELD } from "../../../shared/cooperative-read.ts";
import { topK } from "../../../shared/top-k.ts";
import { type Database, prepared } from "../../connection/database.ts";
import { readCalls } from "./call-read.ts";
import { CALL_COLUMNS, type CallScope, callScope } from "./call-scope.ts";
import { startSlices } from "./call-starts.ts";

/** Calls that are looked into at once, without and with their documents. */
const LOOK_ROWS = 500;
const LOOK_DOCUMENTS = 50;

/** The most keys of an order by what is in documents: those of about twice as many are kept in memory. */
const MAX_KEYS = 100_000;

/**
 * Finds the calls that a query asks for. Yields rows in order, in slices; an empty slice where it has looked at some that
 * do not match.
 *
 * In the order of starts it walks these, or sorts what an index has (one number a call is kept), and stops at the limit;
 * in an order by other columns it sorts what rows alone decide. With an expression it looks into the calls in that order
 * until the page is full. In an order by what is in documents it looks into all, and keeps the places of a page.
 *
 * @throws InvalidRequestError when more places of such an order are asked for than have `MAX_KEYS` keys, and there are more
 */
export function* findCalls(db: Database, query: CallQuery): Generator<number[]> {
  const scope = callScope(db, query);
  if (scope === null || query.limit === 0) return;
  const { sort, expression, offset, limit } = query;
  const end = limit === null ? Number.POSITIVE_INFINITY : offset + limit;
  if (needsDocuments(sort.map(({ path }) => path))) {
    yield* sortedByPlaces(db, scope, query, end);
    return;
  }
  const ordered = inOrder(db, scope, sort, expression ? Number.POSITIVE_INFINITY : end);
  let passed = 0;
  for (const rows of matching(db, ordered, expression)) {
    yield rows.slice(Math.max(0, offset - passed), end - passed);
    passed += rows.length;
    if (passed >= end) return;
  }
}

/** How many calls match. */
export function* countCalls(db: Database, filter: CallFilter): Generator<typeof YIELD, number> {
  const scope = callScope(db, filter);
  if (scope === null) return 0;
  if (filter.expression === null) {
    const { from, where } = scope;
    const counted = prepared<number>(db, `SELECT count(*) FROM ${from} WHERE ${where.sql}`).pluck();
    return counted.get(...where.values)!;
  }
  let count = 0;
  const rows = inOrder(db, scope, [], Number.POSITIVE_INFINITY);
  for (const found of matching(db, rows, filter.expression)) {
    yield YIELD;
    count += found.length;
  }
  return count;
}

/** The rows of a scope in an order by columns, in slices; about `most` of them, if no more are needed. */
function* inOrder(db: Database, scope: CallScope, sort: CallSort[], most: number): Generator<number[]> {
  const [key, ...more] = sort;
  if (scope.walk && more.length === 0 && (!key || callColumn(key.path) === "started_at")) {
    yield* startSlices(db, scope, scope.walk, key?.direction ?? "asc", most);
    return;
  }
  const { from, where } = scope;
  const sorted = `SELECT id FROM ${from} WHERE ${where.sql} ORDER BY ${orderOf(sort)} LIMIT ?`;
  const rows = prepared<number>(db, sorted)
    .pluck()
    .iterate(...where.values, Number.isFinite(most) ? most : -1) as IterableIterator<number>;
  yield* slicesOf(Float64Array.from(rows), LOOK_ROWS);
}

function orderOf(sort: CallSort[]): string {
  const last = sort.at(-1)?.direction ?? "asc";
  const ties = `started_at ${last}, call_id ${last}`;
  const columns = sort.map(({ path }) => CALL_COLUMNS[callColumn(path)!]);
  // A visible call has a start, and the index of an op has this order.
  if (columns.length === 0 || (columns.length === 1 && columns[0] === "started_at")) return ties;
  const keys = sort.map(({ direction }, index) => `${columns[index]} ${direction} NULLS LAST`);
  return [...keys, ties].join(", ");
}

/** Those rows of each slice that an expression holds of. */
function* matching(
  db: Database,
  slices: Iterable<number[]>,
  expression: Expression | null,
): Generator<number[]> {
  if (expression === null) {
    yield* slices;
    return;
  }
  const documents = needsDocuments(fieldsIn(expression));
  for (const slice of slices) {
    yield [];
    for (const rows of slicesOf(slice, documents ? LOOK_DOCUMENTS : LOOK_ROWS)) {
      const calls = readCalls(db, rows, documents);
      yield rows.filter((_, index) => holds(expression, callFields(calls[index]!)));
    }
  }
}

function* sortedByPlaces(
  db: Database,
  scope: CallScope,
  { sort, expression, offset }: CallQuery,
  end: number,
): Generator<number[]> {
  const { placeOf, compare } = callOrder(sort);
  const top = topK<{ row: number; place: CallPlace }>(end, (a, b) => compare(a.place, b.place));
  const most = Math.floor(MAX_KEYS / sort.length);
  let count = 0;
  for (const found of matching(db, inOrder(db, scope, [], Number.POSITIVE_INFINITY), expression)) {
    for (const rows of slicesOf(found, LOOK_DOCUMENTS)) {
      const calls = readCalls(db, rows, true);
      for (const [index, row] of rows.entries()) top.add({ row, place: placeOf(calls[index]!) });
      yield [];
    }
    count += found.length;
    if (Math.min(count, end) > most) {
      const message = `must be ${most} at most with the offset, where that many calls match and are sorted by what is in documents`;
      throw new InvalidRequestError([{ path: ["limit"], message }]);
    }
  }
  const rows = top.items().map(({ row }) => row);
  yield* slicesOf(rows.slice(offset), LOOK_ROWS);
}

function* slicesOf(rows: number[] | Float64Array, size: number): Generator<number[]> {
  for (let at = 0; at < rows.length; at += size) yield [...rows.slice(at, at + size)];
}
