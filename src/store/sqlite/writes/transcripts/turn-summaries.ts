import type { Instant } from "../../../../model/base/instant.ts";
import { GROUP_TURN, type ThreadKey } from "../../../../model/traces/node.ts";
import type { Span, SpanMessage } from "../../../../model/traces/span.ts";
import { ANSWERS, ASKS, NAMES_AGENT, NAMES_MODEL } from "../../../../model/traces/telling.ts";
import type { TraceUpdate } from "../../../../model/traces/update.ts";
import { titleFrom } from "../../../../model/transcripts/message-text.ts";
import type { TranscriptSummary } from "../../../../model/transcripts/transcript-summary.ts";
import { saidInTurn } from "../../../../model/transcripts/turn-messages.ts";
import { ANSWERED, ASKED, TITLED } from "../../../../model/transcripts/turns-transcript.ts";
import type { Database } from "../../connection/database.ts";
import { createRowUpdate } from "../../connection/row-update.ts";
import type { AddedSpan } from "../../tables/span-rows.ts";
import type { TraceRows } from "../../tables/trace-rows.ts";
import { createTurnSpeech } from "./turn-speech.ts";
import { createTurnTranscripts, type SummedTurn, type TurnTexts } from "./turn-transcripts.ts";

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

/** A turn as it is. */
interface TurnRow {
  turnId: string;
  isGroup: number;
  startedAt: Instant;
  endedAt: Instant | null;
  durationMs: number | null;
}

interface SummaryRow extends SummedTurn {
  asked: number | null;
  answered: number | null;
  spanCount: number;
  inputTokens: number;
  outputTokens: number;
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
       duration_ms AS durationMs
     FROM turn WHERE id = ? AND thread = ? AND iif(is_group = 1, '${GROUP_TURN}', turn_id) = ?`,
  );
  const find = db.prepare<[number], SummaryRow>(
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

  /** What a turn's spans say now; what none of the changed ones had a part in is as it was. */
  function saidNow(trace: number, id: number, turn: TurnRow, told: number, before: SummaryRow | undefined) {
    const own = turn.isGroup === 1 ? null : speech.own(trace, turn.turnId);
    const kept = before ?? { says: 0, asked: null, answered: null, answerAt: null, agent: null, model: null };
    const said = told & (ASKS | ANSWERS) ? speech.messages(id, own) : null;
    const texts = said && { asked: said.asked?.start ?? null, answered: said.answered?.start ?? null };
    const row = {
      says: texts ? saysOf(texts) : kept.says,
      asked: said ? (said.asked?.id ?? null) : kept.asked,
      answered: said ? (said.answered?.id ?? null) : kept.answered,
      answerAt: said ? (said.answered?.at ?? null) : kept.answerAt,
      agent: told & NAMES_AGENT ? (own?.agent ?? speech.agent(id)) : kept.agent,
      model: told & NAMES_MODEL ? (own?.model ?? speech.model(id)) : kept.model,
    };
    return { row, texts };
  }

  return {
    write(trace, { shares, spans }, rows, added) {
      const members = Map.groupBy(spans, ({ thread, turn }) => `${thread}/${turn}`);
      for (const { thread, key, told, spanCount, inputTokens, outputTokens } of shares) {
        const id = rows.turnRow(thread, key);
        const turn = id === undefined ? undefined : findTurn.get(id, thread, key);
        // Gone, and noted when it went.
        if (id === undefined || turn === undefined) continue;
        const before = find.get(id);
        const { isGroup: _, durationMs: responseMs, ...times } = turn;
        const fresh = (members.get(`${thread}/${key}`) ?? []).flatMap(
          ({ spanId }) => added.get(spanId) ?? [],
        );
        const { row, texts } =
          before === undefined && fresh.length === spanCount
            ? saidByNew(turn, fresh)
            : saidNow(trace, id, turn, told, before);
        const after = {
          ...times,
          responseMs,
          ...row,
          spanCount: (before?.spanCount ?? 0) + spanCount,
          inputTokens: (before?.inputTokens ?? 0) + inputTokens,
          outputTokens: (before?.outputTokens ?? 0) + outputTokens,
        };
        if (before === undefined) add.run(id, thread, trace, ...plainOf(after), ...indexedOf(after));
        else update(id, plainOf(after), indexedOf(before), indexedOf(after));
        if (told > 0 || hasMoved(before, after)) transcripts.changed(thread, id, before, after, texts);
      }
    },

    turnRemoved(thread, id) {
      const before = find.get(id);
      if (before === undefined) return;
      remove.run(id);
      transcripts.changed(thread, id, before, undefined, null);
    },

    flush: transcripts.flush,
    discard: transcripts.discard,
  };
}

/** What a turn says whose spans were none of them there before. */
function saidByNew(turn: TurnRow, added: AddedSpan[]) {
  const spans = added.map(({ span }) => span);
  const own = turn.isGroup === 1 ? null : spans.find(({ spanId }) => spanId === turn.turnId)!;
  const { asked, answered, asking, answering, agent, model } = saidInTurn(own, spans);
  const rowOf = (message: SpanMessage | null, of: Span | null) =>
    message && of && added.find(({ span }) => span === of)!.messageRows[of.messages.indexOf(message)]!;
  const texts = { asked: asked?.text ?? null, answered: answered?.text ?? null };
  return {
    row: {
      says: saysOf(texts),
      asked: rowOf(asked, asking),
      answered: rowOf(answered, answering),
      answerAt: answering && (answering.endedAt ?? answering.startedAt),
      agent,
      model,
    },
    texts,
  };
}

function saysOf({ asked, answered }: TurnTexts): number {
  const isTitled = asked !== null && titleFrom(asked) !== null;
  return (asked === null ? 0 : ASKED) | (answered === null ? 0 : ANSWERED) | (isTitled ? TITLED : 0);
}

function hasMoved(before: SummaryRow | undefined, after: SummaryRow): boolean {
  return (["turnId", "startedAt", "endedAt"] as const).some((field) => before?.[field] !== after[field]);
}

function plainOf(row: SummaryRow): unknown[] {
  const {
    endedAt,
    asked,
    answered,
    answerAt,
    responseMs,
    agent,
    model,
    spanCount,
    inputTokens,
    outputTokens,
  } = row;
  return [endedAt, asked, answered, answerAt, responseMs, agent, model, spanCount, inputTokens, outputTokens];
}

function indexedOf({ turnId, startedAt, says }: SummaryRow): unknown[] {
  return [turnId, startedAt, says];
}
