import { GROUP_TURN, type ThreadKey } from "../../../../model/traces/node.ts";
import type { TraceUpdate } from "../../../../model/traces/update.ts";
import type { TranscriptSummary } from "../../../../model/transcripts/transcript-summary.ts";
import { type AddedSpan, speechOfAdded } from "../../../../model/transcripts/turn-speech.ts";
import {
  summarizeTurn,
  type TurnSummary,
  type TurnTimes,
} from "../../../../model/transcripts/turn-summary.ts";
import type { Database } from "../../connection/database.ts";
import { createRowUpdate } from "../../connection/row-update.ts";
import type { TraceRows } from "../../tables/trace-rows.ts";
import { createTurnSpeech } from "./turn-speech.ts";
import { createTurnTranscripts } from "./turn-transcripts.ts";

/** Keeps what the spans of turns say and add up to, and with it the transcripts of their threads. */
export interface TurnSummaries {
  /** Brings the turns of a trace up to date whose spans changed, when these are written; `added` were not there. */
  write(
    trace: number,
    update: Pick<TraceUpdate, "shares" | "spans">,
    rows: Pick<TraceRows, "turnRow">,
    added: Map<string, AddedSpan>,
  ): void;
  /** Forgets a turn. */
  turnRemoved(thread: ThreadKey, turn: number): void;
  /** Writes the transcripts that changed, and returns them: in the rows of the threads they are yet to be written. */
  flush(): [ThreadKey, TranscriptSummary][];
  /** Forgets what was collected, when the transaction is rolled back. */
  discard(): void;
}

interface TurnRow extends TurnTimes {
  isGroup: number;
}

const PLAIN = [
  "ended_at",
  "asked",
  "answered",
  "answer_at",
  "response_ms",
  "agent",
  "model",
  "span_count",
  "input_tokens",
  "output_tokens",
];
const INDEXED = ["turn_id", "started_at", "says"];
const COLUMNS = [...PLAIN, ...INDEXED];

export function createTurnSummaries(db: Database): TurnSummaries {
  const findTurn = db.prepare<[number, ThreadKey, string], TurnRow>(
    `SELECT turn_id AS turnId, is_group AS isGroup, started_at AS startedAt, ended_at AS endedAt,
       duration_ms AS responseMs
     FROM turn WHERE id = ? AND thread = ? AND iif(is_group = 1, '${GROUP_TURN}', turn_id) = ?`,
  );
  const find = db.prepare<[number], TurnSummary>(
    `SELECT turn_id AS turnId, started_at AS startedAt, ended_at AS endedAt, says, asked, answered, answer_at AS answerAt,
       response_ms AS responseMs, agent, model, span_count AS spanCount, input_tokens AS inputTokens,
       output_tokens AS outputTokens
     FROM turn_summary WHERE id = ?`,
  );
  const add = db.prepare(
    `INSERT INTO turn_summary (id, thread, trace, ${COLUMNS.join(", ")})
     VALUES (?, ?, ?, ${COLUMNS.map(() => "?").join(", ")})`,
  );
  const update = createRowUpdate(db, "turn_summary", PLAIN, INDEXED);
  const remove = db.prepare<[number]>("DELETE FROM turn_summary WHERE id = ?");
  const speech = createTurnSpeech(db);
  const transcripts = createTurnTranscripts(db);

  return {
    write(trace, { shares, spans }, rows, added) {
      const members = Map.groupBy(spans, ({ thread, turn }) => `${thread}/${turn}`);
      for (const share of shares) {
        const { thread, key, said, spanCount } = share;
        const id = rows.turnRow(thread, key);
        const found = id === undefined ? undefined : findTurn.get(id, thread, key);
        // Gone, and noted when it went.
        if (id === undefined || found === undefined) continue;
        const before = find.get(id) ?? null;
        const { isGroup, ...times } = found;
        const turn = { id, trace, turnId: times.turnId, isGroup: isGroup === 1 };
        const fresh = (members.get(`${thread}/${key}`) ?? []).flatMap(
          ({ spanId }) => added.get(spanId) ?? [],
        );
        const isNew = before === null && fresh.length === spanCount;
        const change = summarizeTurn(turn, times, before, share, isNew ? speechOfAdded(fresh) : speech);
        const { after } = change;
        if (before === null) add.run(id, thread, trace, ...plainOf(after), ...indexedOf(after));
        else update(id, plainOf(after), indexedOf(before), indexedOf(after));
        transcripts.changed(thread, change, said);
      }
    },

    turnRemoved(thread, id) {
      const before = find.get(id);
      if (before === undefined) return;
      remove.run(id);
      transcripts.changed(thread, { id, before, after: null, texts: null }, 0);
    },

    flush: transcripts.flush,
    discard: transcripts.discard,
  };
}

function plainOf(row: TurnSummary): unknown[] {
  const { endedAt, asked, answered, answerAt, responseMs, agent, model } = row;
  const { spanCount, inputTokens, outputTokens } = row;
  return [endedAt, asked, answered, answerAt, responseMs, agent, model, spanCount, inputTokens, outputTokens];
}

function indexedOf({ turnId, startedAt, says }: TurnSummary): unknown[] {
  return [turnId, startedAt, says];
}
