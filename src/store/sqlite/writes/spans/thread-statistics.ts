import { compareCodePoints } from "../../../../model/base/code-points.ts";
import type { Instant } from "../../../../model/base/instant.ts";
import type { ThreadKey } from "../../../../model/traces/node.ts";
import type { ThreadTotals } from "../../../../model/traces/totals.ts";
import type { TranscriptSummary } from "../../../../model/transcripts/transcript-summary.ts";
import type { Database } from "../../connection/database.ts";
import { createQuantileSeek, type Place } from "../../tables/quantile-seek.ts";
import { createStatisticsRows, type StatisticsRow } from "../../tables/statistics-rows.ts";
import { OF_TURNS } from "../../tables/transcript-rows.ts";
import { createTurnSummaries, type TurnSummaries } from "../transcripts/turn-summaries.ts";

/**
 * Keeps the statistics on thread rows true while turns come, change and go. The changes of a transaction are collected
 * and written once per thread by `flush`, whatever their number.
 *
 * A flush reads, for each quantile, as many neighbours in the index of durations as turns changed, and the ends of two
 * other indexes where a turn changed or went: its cost does not grow with the thread.
 */
export interface ThreadStatistics {
  /** A turn is there that was not. */
  turnAdded(thread: ThreadKey, turn: AddedTurn): void;
  /** A turn that was there is gone. */
  turnRemoved(thread: ThreadKey, turn: { id: number; durationMs: number | null }): void;
  /** Times or the id of a turn changed; durationMs is what it was and what it is, null while it runs. */
  turnChanged(thread: ThreadKey, turn: { id: number; durationMs: [number | null, number | null] }): void;
  totalsChanged(thread: ThreadKey, change: ThreadTotals): void;
  /** Spans of a trace that are in turns came, changed or went; to be told when all of it is written. */
  spansOfTurnsChanged: TurnSummaries["write"];
  flush(): void;
  /** Forgets what was collected, when the transaction is rolled back. */
  discard(): void;
}

interface AddedTurn {
  /** Its row. */
  id: number;
  turnId: string;
  startedAt: Instant;
  /** Null while it runs, and so is the duration. */
  endedAt: Instant | null;
  durationMs: number | null;
}

interface TurnAt {
  turn_id: string;
  at: Instant;
}

interface Pending {
  stored: StatisticsRow;
  turns: number;
  ended: number;
  /** The earliest start, and the latest end, or start while no turn has ended; true only of what is not `lost`. */
  first: TurnAt | null;
  last: TurnAt | null;
  /** Whether a turn that may have been the first or the last changed or went. */
  lost: boolean;
  p50: Place;
  p99: Place;
  turnsTouched: boolean;
  totals: ThreadTotals;
  /** What its turns say, if that changed. */
  transcript: TranscriptSummary | null;
}

export function createThreadStatistics(db: Database): ThreadStatistics {
  const rows = createStatisticsRows(db);
  const turnSummaries = createTurnSummaries(db);
  const first = db.prepare<[ThreadKey], TurnAt>(
    "SELECT turn_id, started_at AS at FROM turn WHERE thread = ? ORDER BY started_at, turn_id LIMIT 1",
  );
  const latestEnd = db.prepare<[ThreadKey], TurnAt>(
    `SELECT turn_id, ended_at AS at FROM turn WHERE thread = ? AND ended_at IS NOT NULL
     ORDER BY ended_at DESC, turn_id DESC LIMIT 1`,
  );
  const latestStart = db.prepare<[ThreadKey], TurnAt>(
    "SELECT turn_id, started_at AS at FROM turn WHERE thread = ? ORDER BY started_at DESC, turn_id DESC LIMIT 1",
  );
  const seek = createQuantileSeek(db);
  const pending = new Map<ThreadKey, Pending>();

  function of(thread: ThreadKey): Pending {
    const known = pending.get(thread) ?? pendingOf(rows.read(thread));
    pending.set(thread, known);
    return known;
  }

  /** Counts a duration in or out, and keeps the places of the quantiles. */
  function countEnded(known: Pending, id: number, durationMs: number | null, change: 1 | -1): void {
    known.turnsTouched = true;
    if (durationMs === null) return;
    known.ended += change;
    for (const place of [known.p50, known.p99]) {
      const before = durationMs < place.duration || (durationMs === place.duration && id < place.turn);
      if (before) place.below += change;
    }
  }

  /** What the turns make of a thread's row. */
  function ofTurns(thread: ThreadKey, known: Pending): Partial<StatisticsRow> {
    const start = known.lost ? first.get(thread) : known.first;
    const last = known.lost ? (latestEnd.get(thread) ?? latestStart.get(thread)) : known.last;
    const p50 = seek(thread, known.p50, known.ended, 50);
    const p99 = seek(thread, known.p99, known.ended, 99);
    return {
      turn_count: known.turns,
      ended_count: known.ended,
      start_time: start?.at ?? null,
      first_turn_id: start?.turn_id ?? null,
      last_updated: last?.at ?? null,
      last_turn_id: last?.turn_id ?? null,
      p50: p50.value,
      p99: p99.value,
      p50_duration: p50.place.duration,
      p50_turn: p50.place.turn,
      p50_below: p50.place.below,
      p99_duration: p99.place.duration,
      p99_turn: p99.place.turn,
      p99_below: p99.place.below,
    };
  }

  function write(thread: ThreadKey, known: Pending): void {
    const { stored, totals, transcript } = known;
    rows.write(thread, stored, {
      ...stored,
      span_count: stored.span_count + totals.spanCount,
      input_tokens: stored.input_tokens + totals.inputTokens,
      output_tokens: stored.output_tokens + totals.outputTokens,
      ...(known.turnsTouched && ofTurns(thread, known)),
      // While it has no other messages, those of its turns are its transcript.
      ...(transcript &&
        stored.message_source === OF_TURNS && {
          message_count: transcript.messages,
          message_tokens: transcript.tokens,
          last_message_at: transcript.lastMessageAt,
        }),
    });
  }

  return {
    turnAdded(thread, { id, turnId, startedAt, endedAt, durationMs }) {
      const known = of(thread);
      const start = { turn_id: turnId, at: startedAt };
      known.turns += 1;
      known.first = earlier(known.first, start);
      if (endedAt !== null) {
        const end = { turn_id: turnId, at: endedAt };
        known.last = known.ended === 0 ? end : later(known.last, end);
      } else if (known.ended === 0) {
        known.last = later(known.last, start);
      }
      countEnded(known, id, durationMs, 1);
    },
    turnRemoved(thread, { id, durationMs }) {
      const known = of(thread);
      turnSummaries.turnRemoved(thread, id);
      known.turns -= 1;
      known.lost = true;
      countEnded(known, id, durationMs, -1);
    },
    turnChanged(thread, { id, durationMs: [before, after] }) {
      const known = of(thread);
      known.lost = true;
      known.turnsTouched = true;
      if (before === after) return;
      countEnded(known, id, before, -1);
      countEnded(known, id, after, 1);
    },
    totalsChanged(thread, change) {
      const { totals } = of(thread);
      totals.spanCount += change.spanCount;
      totals.inputTokens += change.inputTokens;
      totals.outputTokens += change.outputTokens;
    },
    spansOfTurnsChanged: turnSummaries.write,
    flush() {
      for (const [thread, transcript] of turnSummaries.flush()) of(thread).transcript = transcript;
      for (const [thread, known] of pending) write(thread, known);
      pending.clear();
    },
    discard() {
      pending.clear();
      turnSummaries.discard();
    },
  };
}

function pendingOf(stored: StatisticsRow): Pending {
  const at = (turn_id: string | null, instant: Instant | null) =>
    turn_id === null ? null : { turn_id, at: instant! };
  return {
    stored,
    turns: stored.turn_count,
    ended: stored.ended_count,
    first: at(stored.first_turn_id, stored.start_time),
    last: at(stored.last_turn_id, stored.last_updated),
    lost: false,
    p50: { duration: stored.p50_duration, turn: stored.p50_turn, below: stored.p50_below },
    p99: { duration: stored.p99_duration, turn: stored.p99_turn, below: stored.p99_below },
    turnsTouched: false,
    totals: { spanCount: 0, inputTokens: 0, outputTokens: 0 },
    transcript: null,
  };
}

function earlier(a: TurnAt | null, b: TurnAt): TurnAt {
  return a !== null && compareTurns(a, b) < 0 ? a : b;
}

function later(a: TurnAt | null, b: TurnAt): TurnAt {
  return a !== null && compareTurns(a, b) > 0 ? a : b;
}

function compareTurns(a: TurnAt, b: TurnAt): number {
  return a.at - b.at || compareCodePoints(a.turn_id, b.turn_id);
}
