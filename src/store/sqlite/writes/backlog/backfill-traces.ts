import { GROUP_TURN, type ThreadKey } from "../../../../model/traces/node.ts";
import type { Span, SpanMessage } from "../../../../model/traces/span.ts";
import { speechOf } from "../../../../model/traces/speech.ts";
import { type SharingSpan, type TurnShare, wholeShares } from "../../../../model/traces/turn-shares.ts";
import type { Database } from "../../connection/database.ts";
import { createThreadStatistics } from "../spans/thread-statistics.ts";

interface TellingRow extends Pick<Span, "agentName" | "model"> {
  id: number;
  tells: number;
}

interface SharingRow extends SharingSpan {
  thread: ThreadKey;
  turn: string;
  turnRow: number;
}

type Sums = Pick<TurnShare, "spanCount" | "inputTokens" | "outputTokens">;

const NOTHING: Sums = { spanCount: 0, inputTokens: 0, outputTokens: 0 };

/**
 * Makes the function that works out, inside the caller's transaction, what the spans of traces tell, and from that the
 * summaries of their turns and the transcripts of their threads. A turn may have a summary that spans made which came
 * after the schema knew of summaries, and that the others are missing in.
 */
export function createTraceBackfill(db: Database): (traces: number[]) => void {
  const statistics = createThreadStatistics(db);
  const spans = db.prepare<[number], TellingRow>(
    "SELECT id, tells, agent_name AS agentName, model FROM span INDEXED BY span_by_key WHERE trace = ?",
  );
  const messages = db.prepare<[number], Pick<SpanMessage, "role">>(
    "SELECT role FROM span_message WHERE span = ?",
  );
  const setTells = db.prepare<[number, number]>("UPDATE span SET tells = ? WHERE id = ?");
  const sharing = db.prepare<[number], SharingRow>(
    `SELECT turn.thread, iif(is_group = 1, '${GROUP_TURN}', turn_id) AS turn, turn.id AS turnRow, tells AS says,
       usage_below AS usageBelow, coalesce(input_tokens, 0) AS inputTokens, coalesce(output_tokens, 0) AS outputTokens
     FROM span INDEXED BY span_by_key JOIN turn ON turn.id = span.turn WHERE span.trace = ?`,
  );
  const summed = db.prepare<[number], Sums>(
    `SELECT span_count AS spanCount, input_tokens AS inputTokens, output_tokens AS outputTokens
     FROM turn_summary WHERE id = ?`,
  );

  /** Whether a span of the trace did not say yet what it tells. */
  function tell(trace: number): boolean {
    const changed: { id: number; tells: number }[] = [];
    for (const { id, tells, ...span } of spans.iterate(trace)) {
      const told = speechOf({ ...span, messages: messages.all(id) });
      if (told !== tells) changed.push({ id, tells: told });
    }
    for (const { id, tells } of changed) setTells.run(tells, id);
    return changed.length > 0;
  }

  /** Completes the summaries of the trace's turns; all of them if what its spans tell has changed. */
  function sum(trace: number, hasChanged: boolean): void {
    const turns = new Map<string, number>();
    function* members(): Generator<SharingSpan> {
      for (const row of sharing.iterate(trace)) {
        turns.set(`${row.thread}/${row.turn}`, row.turnRow);
        yield row;
      }
    }
    const turnRow = (thread: ThreadKey, key: string) => turns.get(`${thread}/${key}`);
    const missing = wholeShares(members()).map((share) =>
      without(share, summed.get(turnRow(share.thread, share.key)!)),
    );
    const shares = hasChanged ? missing : missing.filter(({ spanCount }) => spanCount > 0);
    if (shares.length > 0)
      statistics.spansOfTurnsChanged(trace, { shares, spans: [] }, { turnRow }, new Map());
  }

  return (traces) => {
    try {
      for (const trace of traces) sum(trace, tell(trace));
      statistics.flush();
    } finally {
      statistics.discard();
    }
  };
}

/** What a summary lacks of what the spans of its turn add up to. */
function without(share: TurnShare, { spanCount, inputTokens, outputTokens }: Sums = NOTHING): TurnShare {
  return {
    ...share,
    spanCount: share.spanCount - spanCount,
    inputTokens: share.inputTokens - inputTokens,
    outputTokens: share.outputTokens - outputTokens,
  };
}
