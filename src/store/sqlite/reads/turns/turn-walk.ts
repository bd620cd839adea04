import { compareCodePoints } from "../../../../model/base/code-points.ts";
import { InvalidRequestError } from "../../../../model/base/errors.ts";
import type { Instant } from "../../../../model/base/instant.ts";
import { type Database, prepared } from "../../connection/database.ts";

/** A place in the order of a thread's turns. */
interface TurnAt {
  startedAt: Instant;
  turnId: string;
  traceId: string;
}

/** A turn on the way. */
export interface WalkedTurn {
  turn: number;
  trace: number;
  startedAt: Instant;
  turnId: string;
  /** What it says; 0 where all turns are walked. */
  says: number;
  /** It is the one of the place that the walk starts at. */
  isStart: boolean;
}

const TABLES = {
  all: `SELECT id AS turn, trace, started_at AS startedAt, turn_id AS turnId, 0 AS says
    FROM turn INDEXED BY turn_by_start WHERE thread = ?`,
  saying: `SELECT id AS turn, trace, started_at AS startedAt, turn_id AS turnId, says
    FROM turn_summary INDEXED BY turn_by_saying WHERE thread = ? AND says > 0`,
};

const DIRECTIONS = {
  oldest: { beyond: "AND (started_at, turn_id) >= (?, ?)", order: "ORDER BY started_at, turn_id" },
  newest: { beyond: "AND (started_at, turn_id) <= (?, ?)", order: "ORDER BY started_at DESC, turn_id DESC" },
};

/** Goes through the turns of a thread by (startedAt, turnId, traceId), from one end or from a place on, by index alone. */
export function* walkTurns(
  db: Database,
  which: keyof typeof TABLES,
  thread: number,
  from: keyof typeof DIRECTIONS,
  start: TurnAt | null,
): Generator<WalkedTurn> {
  const { beyond, order } = DIRECTIONS[from];
  const sql = `${TABLES[which]} ${start ? beyond : ""} ${order}`;
  const rows = prepared<Omit<WalkedTurn, "isStart">>(db, sql);
  const values = start ? [thread, start.startedAt, start.turnId] : [thread];
  // Turns of several traces may be alike in start and id.
  let alike: Omit<WalkedTurn, "isStart">[] = [];
  for (const row of rows.iterate(...values)) {
    if (alike[0] && !isAlike(alike[0], row)) {
      yield* inOrder(db, alike, from, start);
      alike = [];
    }
    alike.push(row);
  }
  yield* inOrder(db, alike, from, start);
}

function isAlike(a: Omit<TurnAt, "traceId">, b: Omit<TurnAt, "traceId">): boolean {
  return a.startedAt === b.startedAt && a.turnId === b.turnId;
}

/** Turns that are alike, by their traces, without those before the start. */
function* inOrder(
  db: Database,
  alike: Omit<WalkedTurn, "isStart">[],
  from: keyof typeof DIRECTIONS,
  start: TurnAt | null,
): Generator<WalkedTurn> {
  const [first] = alike;
  const atStart = start !== null && first !== undefined && isAlike(first, start);
  if (first && alike.length === 1 && !atStart) {
    yield { ...first, isStart: false };
    return;
  }
  const sign = from === "oldest" ? 1 : -1;
  const named = alike.map((row) => ({ row, traceId: traceIdOf(db, row.trace) }));
  named.sort((a, b) => sign * compareCodePoints(a.traceId, b.traceId));
  for (const { row, traceId } of named) {
    const order = atStart ? sign * compareCodePoints(traceId, start.traceId) : 1;
    if (order >= 0) yield { ...row, isStart: order === 0 };
  }
}

function traceIdOf(db: Database, trace: number): string {
  return prepared<{ traceId: string }>(db, "SELECT trace_id AS traceId FROM trace WHERE id = ?").get(trace)!
    .traceId;
}

/** The turn in a place that was handed out earlier: the first of its parts, which are numbers but for the ids. */
export function turnAt(place: (number | string)[], parts: 3 | 4): TurnAt {
  const [startedAt, turnId, traceId, side = 0] = place;
  if (
    place.length === parts &&
    Number.isSafeInteger(startedAt) &&
    typeof turnId === "string" &&
    typeof traceId === "string" &&
    typeof side === "number"
  ) {
    return { startedAt: startedAt as number, turnId, traceId };
  }
  throw new InvalidRequestError([{ path: ["cursor"], message: "is no place in this thread" }]);
}
