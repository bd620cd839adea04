import type { Instant } from "../../../../model/base/instant.ts";
import {
  followStatistics,
  type KeptStatistics,
  type ThreadChanges,
  type TimedTurn,
} from "../../../../model/threads/statistics.ts";
import type { ThreadKey } from "../../../../model/traces/node.ts";
import type { ThreadTotals } from "../../../../model/traces/totals.ts";
import {
  shownTranscript,
  type TranscriptSource,
  type TranscriptTotals,
} from "../../../../model/transcripts/transcript-source.ts";
import type { TranscriptSummary } from "../../../../model/transcripts/transcript-summary.ts";
import type { Database } from "../../connection/database.ts";
import { createStatisticsRows, type StatisticsRow } from "../../tables/statistics-rows.ts";
import { sourceNumber, transcriptColumns } from "../../tables/transcript-rows.ts";
import { createTurnOrder } from "../../tables/turn-order.ts";
import { createTurnSummaries, type TurnSummaries } from "../transcripts/turn-summaries.ts";

/**
 * Keeps the statistics on thread rows true while turns come, change and go. The changes of a transaction are collected
 * and written once per thread by `flush`, whatever their number.
 */
export interface ThreadStatistics {
  /** A turn is there that was not. */
  turnAdded(thread: ThreadKey, turn: StoredTurn): void;
  /** A turn that was there is gone. */
  turnRemoved(thread: ThreadKey, turn: { id: number; durationMs: number | null }): void;
  /** Times or the id of a turn changed; `before` is how long it took, null while it ran. */
  turnChanged(thread: ThreadKey, turn: StoredTurn, before: number | null): void;
  totalsChanged(thread: ThreadKey, change: ThreadTotals): void;
  /** Spans of a trace that are in turns came, changed or went; to be called when all of it is written. */
  spansOfTurnsChanged: TurnSummaries["write"];
  flush(): void;
  /** Forgets what was collected, when the transaction is rolled back. */
  discard(): void;
}

/** A turn with its row. */
interface StoredTurn extends TimedTurn {
  id: number;
}

export function createThreadStatistics(db: Database): ThreadStatistics {
  const rows = createStatisticsRows(db);
  const order = createTurnOrder(db);
  const turnSummaries = createTurnSummaries(db);
  const pending = new Map<ThreadKey, ThreadChanges>();

  function of(thread: ThreadKey): ThreadChanges {
    const known = pending.get(thread) ?? {
      totals: { spanCount: 0, inputTokens: 0, outputTokens: 0 },
      turns: [],
    };
    pending.set(thread, known);
    return known;
  }

  function write(thread: ThreadKey, changes: ThreadChanges, transcript: TranscriptSummary | undefined): void {
    const stored = rows.read(thread);
    const next = followStatistics(thread, toKept(stored), changes, order);
    const shown = transcript && shownTranscript((source) => totalsIn(stored, source, transcript));
    rows.write(thread, stored, { ...stored, ...toRow(next), ...(shown && transcriptColumns(shown)) });
  }

  return {
    turnAdded(thread, turn) {
      of(thread).turns.push({ id: turn.id, before: null, after: turn });
    },
    turnRemoved(thread, { id, durationMs }) {
      turnSummaries.turnRemoved(thread, id);
      of(thread).turns.push({ id, before: { durationMs }, after: null });
    },
    turnChanged(thread, turn, before) {
      of(thread).turns.push({ id: turn.id, before: { durationMs: before }, after: turn });
    },
    totalsChanged(thread, change) {
      const { totals } = of(thread);
      totals.spanCount += change.spanCount;
      totals.inputTokens += change.inputTokens;
      totals.outputTokens += change.outputTokens;
    },
    spansOfTurnsChanged: turnSummaries.write,
    flush() {
      const transcripts = new Map(turnSummaries.flush());
      for (const thread of transcripts.keys()) of(thread);
      for (const [thread, changes] of pending) write(thread, changes, transcripts.get(thread));
      pending.clear();
    },
    discard() {
      pending.clear();
      turnSummaries.discard();
    },
  };
}

/** What a source has: the turns' is given, and of the others the row knows the one that it shows. */
function totalsIn(
  row: StatisticsRow,
  source: TranscriptSource,
  ofTurns: TranscriptTotals,
): TranscriptTotals | null {
  if (source === "turns") return ofTurns;
  if (sourceNumber(source) !== row.message_source) return null;
  return { messages: row.message_count, tokens: row.message_tokens, lastMessageAt: row.last_message_at };
}

function toKept(row: StatisticsRow): KeptStatistics {
  const at = (turnId: string | null, instant: Instant | null) =>
    turnId === null ? null : { turnId, at: instant! };
  return {
    spanCount: row.span_count,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    turnCount: row.turn_count,
    endedCount: row.ended_count,
    first: at(row.first_turn_id, row.start_time),
    last: at(row.last_turn_id, row.last_updated),
    p50: { value: row.p50, duration: row.p50_duration, turn: row.p50_turn, below: row.p50_below },
    p99: { value: row.p99, duration: row.p99_duration, turn: row.p99_turn, below: row.p99_below },
  };
}

function toRow(kept: KeptStatistics) {
  const { first, last, p50, p99 } = kept;
  return {
    span_count: kept.spanCount,
    input_tokens: kept.inputTokens,
    output_tokens: kept.outputTokens,
    turn_count: kept.turnCount,
    ended_count: kept.endedCount,
    start_time: first?.at ?? null,
    first_turn_id: first?.turnId ?? null,
    last_updated: last?.at ?? null,
    last_turn_id: last?.turnId ?? null,
    p50: p50.value,
    p50_duration: p50.duration,
    p50_turn: p50.turn,
    p50_below: p50.below,
    p99: p99.value,
    p99_duration: p99.duration,
    p99_turn: p99.turn,
    p99_below: p99.below,
  } satisfies Partial<StatisticsRow>;
}
