import { type Instant, MAX_INSTANT } from "../../../../model/base/instant.ts";
import type { Feedback, FeedbackQuery, FeedbackTarget } from "../../../../model/feedback/feedback.ts";
import { isDocument, isInBody, readFeedback } from "../../../../model/feedback/feedback-fields.ts";
import {
  type Expression,
  type FieldPath,
  fieldsIn,
  holds,
} from "../../../../model/query/expression/expression.ts";
import { conjuncts, type Period, periodOf, textsOf } from "../../../../model/query/expression/implied.ts";
import {
  compareKeys,
  documentKey,
  type OrderKey,
  scalarOrderKey,
} from "../../../../model/query/expression/order.ts";
import { batchesOf } from "../../../shared/batches.ts";
import { type CooperativeRead, YIELD } from "../../../shared/cooperative-read.ts";
import { topK } from "../../../shared/top-k.ts";
import { type Database, findProject, prepared } from "../../connection/database.ts";
import type { Sql } from "../../connection/sql.ts";
import { hidesAny } from "../../tables/hidden-threads.ts";
import { defineRead, never } from "../define-read.ts";

/** The list of feedback. */
export const feedbackRead = defineRead({ name: "feedback", fitsMainThread: never, pages: feedbackPages });

type Direction = "asc" | "desc";

/** Rows that are looked at between two pauses. */
const SLICE_ROWS = 100;

/** The fields by which an index finds feedback, the most selective first. */
const NAMING = [
  { field: "id", column: "feedback_id", index: "feedback_by_key" },
  { field: "weave_ref", column: "weave_ref", index: "feedback_by_ref" },
  { field: "feedback_type", column: "feedback_type", index: "feedback_by_type" },
] as const;

/**
 * Yields the feedback that a query asks for, in order, in batches of bounded size.
 *
 * Goes by the index of the ids, refs or types that the condition names, else by that of the times of creation. Looks at
 * what it finds there, at its body only where the condition speaks of it, and stops at the limit where creation is the
 * order. For another order it looks at all that matches, and keeps the places of a page.
 */
export function* feedbackPages(db: Database, query: FeedbackQuery): CooperativeRead<Feedback[]> {
  const project = findProject(db, query.projectId);
  if (project === null || query.limit === 0) return undefined;
  const { projectId, where, sort, offset, limit } = query;
  const end = limit === null ? Number.POSITIVE_INFINITY : offset + limit;
  const direction = sort.at(-1)?.direction ?? "asc";
  const slices = matching(candidates(db, project, where, direction), matcher(db, project, query));
  const isCreation = sort.length === 0 || (sort.length === 1 && sort[0]!.path[0] === "created_at");
  let passed = 0;
  for (const rows of isCreation ? slices : sorted(db, query, slices, end)) {
    const page = rows.slice(Math.max(0, offset - passed), end - passed);
    passed += rows.length;
    if (page.length === 0) yield YIELD;
    const whole = page.values().map((row) => readRow(db, projectId, row, true));
    yield* batchesOf(whole, ({ payloadJson, extraJson }) => payloadJson.length + extraJson.length);
    if (passed >= end) break;
  }
  return undefined;
}

/** Slices of the rows among which all that can match are, in the order of creation. */
function* candidates(
  db: Database,
  project: number,
  where: Expression | null,
  direction: Direction,
): Generator<number[]> {
  const conditions = where ? conjuncts(where) : [];
  for (const { field, column, index } of NAMING) {
    const texts = conditions.map((condition) => textsOf(condition, field)).find((found) => found !== null);
    if (!texts) continue;
    if (texts.length === 1 && field !== "id") {
      const given = { sql: `${column} = ?`, values: [texts[0]] };
      yield* walk(db, project, { index, given, period: periodOf(conditions, "created_at"), direction });
    } else {
      const rows = prepared<number>(
        db,
        `SELECT feedback.id FROM json_each(?) AS named
           CROSS JOIN feedback INDEXED BY ${index} ON project = ? AND ${column} = named.value
         ORDER BY created_at ${direction}, feedback_id ${direction}`,
      ).pluck();
      const named = rows.all(JSON.stringify([...new Set(texts)]), project) as number[];
      for (let first = 0; first < named.length; first += SLICE_ROWS)
        yield named.slice(first, first + SLICE_ROWS);
    }
    return;
  }
  const period = periodOf(conditions, "created_at");
  yield* walk(db, project, { index: "feedback_by_created_at", given: null, period, direction });
}

/** A stretch of an index that ends in the order of creation. */
interface Stretch {
  index: string;
  /** What the columns before that order must be. */
  given: Sql | null;
  period: Period;
  direction: Direction;
}

/** The rows of a stretch in slices; between two of them nothing is held. */
function* walk(
  db: Database,
  project: number,
  { index, given, period, direction }: Stretch,
): Generator<number[]> {
  const [from, to] = [period.from ?? 0, period.to ?? MAX_INSTANT];
  const [further, inside] = direction === "asc" ? [">", "<="] : ["<", ">="];
  const step = prepared<{ id: number; createdAt: number; feedbackId: string }>(
    db,
    `SELECT id, created_at AS createdAt, feedback_id AS feedbackId FROM feedback INDEXED BY ${index}
     WHERE project = ? AND ${given?.sql ?? "TRUE"} AND (created_at, feedback_id) ${further} (?, ?) AND created_at ${inside} ?
     ORDER BY created_at ${direction}, feedback_id ${direction} LIMIT ${SLICE_ROWS}`,
  );
  // No id is empty, so that the first place is before all that was created at its time, or after.
  let place = { createdAt: direction === "asc" ? from : to + 1, feedbackId: "" };
  const end = direction === "asc" ? to : from;
  for (;;) {
    const rows = step.all(project, ...(given?.values ?? []), place.createdAt, place.feedbackId, end);
    yield rows.map(({ id }) => id);
    if (rows.length < SLICE_ROWS) return;
    place = rows.at(-1)!;
  }
}

/** Makes the test whether a row is asked for: not hidden, and as the condition says. */
function matcher(db: Database, project: number, { projectId, where, now }: FeedbackQuery) {
  const isHidden = hidesAny(db, project, now) ? hiddenTargets(db, project, now) : null;
  const withBody = where !== null && fieldsIn(where).some(isInBody);
  return (row: number): boolean => {
    if (!isHidden && where === null) return true;
    const feedback = readRow(db, projectId, row, withBody);
    if (isHidden?.(feedback.target)) return false;
    return where === null || holds(where, readFeedback(feedback).fields);
  };
}

/**
 * Makes the test whether what feedback is on goes with threads whose time is up: a conversation, a turn whose trace has
 * no part in another thread, a call. A span that is no call is found by its trace alone, which its ref does not name.
 */
function hiddenTargets(db: Database, project: number, now: Instant): (target: FeedbackTarget) => boolean {
  const isUp = "coalesce(thread.expires_at <= $now AND thread.ttl_strategy = 'delete', 0)";
  const byKind = (sql: string) => prepared<{ hidden: number | null }>(db, sql);
  const conversation = byKind(
    `SELECT ${isUp} AS hidden FROM thread WHERE project = $project AND thread_id = $id`,
  );
  const turn = byKind(
    `SELECT min(${isUp}) AS hidden FROM trace JOIN part ON part.trace = trace.id JOIN thread ON thread.id = part.thread
     WHERE trace.project = $project AND trace.trace_id = $id`,
  );
  const call = byKind(
    `SELECT ${isUp} AS hidden FROM call
       JOIN thread ON thread.project = call.project AND thread.thread_id = call.thread_id
     WHERE call.project = $project AND call.call_id = $id`,
  );
  const lookUps = { conversation, turn, call, span: call, other: null };
  return ({ kind, id }) => lookUps[kind]?.get({ project, id, now })?.hidden === 1;
}

/** What is asked for of each slice. */
function* matching(slices: Iterable<number[]>, test: (row: number) => boolean): Generator<number[]> {
  for (const rows of slices) yield rows.filter(test);
}

/** The first `most` rows in the order of a query, after an empty slice for each one looked at; ties stay as they come. */
function* sorted(
  db: Database,
  { projectId, sort }: FeedbackQuery,
  slices: Iterable<number[]>,
  most: number,
): Generator<number[]> {
  const withBody = sort.some(({ path }) => isInBody(path));
  const top = topK<{ row: number; keys: OrderKey[] }>(most, (a, b) => {
    for (const [index, { direction }] of sort.entries()) {
      const order = compareKeys(a.keys[index]!, b.keys[index]!, direction);
      if (order !== 0) return order;
    }
    return 0;
  });
  for (const rows of slices) {
    for (const row of rows) {
      const { fields } = readFeedback(readRow(db, projectId, row, withBody));
      const keyOf = (path: FieldPath) => (isDocument(path) ? documentKey : scalarOrderKey)(fields(path));
      top.add({ row, keys: sort.map(({ path }) => keyOf(path)) });
    }
    yield [];
  }
  yield top.items().map(({ row }) => row);
}

interface FeedbackRow extends Omit<Feedback, "projectId" | "target" | "tags" | "ratings"> {
  kind: FeedbackTarget["kind"];
  targetId: string;
  tags: string;
  ratings: string;
}

/** One piece of feedback; its body is empty where it is not asked for. */
function readRow(db: Database, projectId: string, row: number, withBody: boolean): Feedback {
  const read = prepared<FeedbackRow>(
    db,
    `SELECT feedback_id AS id, created_at AS createdAt, feedback_type AS feedbackType, target_kind AS kind,
       target_id AS targetId, weave_ref AS weaveRef, creator, user_id AS userId, tags, ratings,
       ${withBody ? "payload AS payloadJson, extra AS extraJson" : "'{}' AS payloadJson, '{}' AS extraJson"}
     FROM feedback ${withBody ? "JOIN feedback_body ON feedback_body.feedback = feedback.id" : ""}
     WHERE feedback.id = ?`,
  );
  const { kind, targetId, tags, ratings, ...rest } = read.get(row)!;
  const target = { kind, id: targetId };
  return { projectId, ...rest, target, tags: JSON.parse(tags), ratings: JSON.parse(ratings) };
}
