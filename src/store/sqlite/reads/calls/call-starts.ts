import { MAX_INSTANT } from "../../../../model/base/instant.ts";
import type { Period } from "../../../../model/query/expression/implied.ts";
import type { SortDirection } from "../../../../model/query/sort-direction.ts";
import { type Database, prepared } from "../../connection/database.ts";
import type { CallScope } from "./call-scope.ts";

/** Index entries of one slice. */
const SLICE_ROWS = 2000;

/**
 * Yields the rows of a scope in the order of starts and ids, about `most` of them, in slices of as many index entries,
 * however few of these are in the scope.
 */
export function* startSlices(
  db: Database,
  { project, from, where }: CallScope,
  walk: Period,
  direction: SortDirection,
  most: number,
): Generator<number[]> {
  const [first, final] = [walk.from ?? -MAX_INSTANT, walk.to ?? MAX_INSTANT];
  const [beyond, upTo] = direction === "asc" ? [">", "<="] : ["<", ">="];
  const order = `ORDER BY started_at ${direction}, call_id ${direction}`;
  const endOfSlice = prepared<Place>(
    db,
    `SELECT started_at AS startedAt, call_id AS callId FROM call INDEXED BY call_by_start
     WHERE project = ? AND started_at IS NOT NULL AND (started_at, call_id) ${beyond} (?, ?)
     ${order} LIMIT 1 OFFSET ${SLICE_ROWS - 1}`,
  );
  const read = prepared<number>(
    db,
    `SELECT id FROM ${from} WHERE ${where.sql}
       AND (started_at, call_id) ${beyond} (?, ?) AND (started_at, call_id) ${upTo} (?, ?) ${order} LIMIT ?`,
  ).pluck();
  // No id is empty, so that these places are between the calls.
  const bounds: Place[] = [
    { startedAt: first, callId: "" },
    { startedAt: final + 1, callId: "" },
  ];
  let [at, last] = (direction === "asc" ? bounds : bounds.toReversed()) as [Place, Place];
  const isPast = ({ startedAt }: Place) => (direction === "asc" ? startedAt > final : startedAt < first);
  for (let left = most; left > 0; ) {
    const end = endOfSlice.get(project, at.startedAt, at.callId);
    const isLast = end === undefined || isPast(end);
    const { startedAt, callId } = isLast ? last : end;
    const limit = Number.isFinite(left) ? left : -1;
    const rows = read.all(...where.values, at.startedAt, at.callId, startedAt, callId, limit) as number[];
    yield rows;
    if (isLast) return;
    left -= rows.length;
    at = end;
  }
}

/** A place in the order of starts. */
interface Place {
  startedAt: number;
  callId: string;
}
