import type { Instant } from "../../../model/instant.ts";
import { previewOf, titleFrom } from "../../../model/message-text.ts";
import type { ThreadKey } from "../../../model/trace/node.ts";
import { countTurn, NO_TURNS, type TurnsTranscript } from "../../../model/turns-transcript.ts";
import { type Database, prepared } from "../database.ts";
import { MESSAGE_START, type MessageStart } from "./message-start.ts";
import { createTranscriptRows, OF_TURNS } from "./transcript-rows.ts";

/** What a turn says, a bit each: as its column has it. */
export const ASKED = 1;
export const ANSWERED = 2;
export const TITLED = 4;

/** What a turn counts for in the transcript of its thread. */
export interface SummedTurn {
  says: number;
  responseMs: number | null;
  agent: string | null;
  model: string | null;
}

/** The changes of a transaction to the transcript that is made of a thread's turns. */
interface Pending {
  sum: TurnsTranscript;
  /** Which of its turns are to be found anew: one that has it changed. */
  title: boolean;
  last: boolean;
  agent: boolean;
  model: boolean;
}

/**
 * Keeps the transcripts that turns make: counts by what changes, and the title, the last message, the agent and the
 * model by a look at the ends of an index.
 */
export function createTurnTranscripts(db: Database) {
  const transcripts = createTranscriptRows(db);
  const bySaying = "FROM turn_summary INDEXED BY turn_by_saying";
  const traceId = "(SELECT trace_id FROM trace WHERE trace.id = turn_summary.trace)";
  const firstTitled = db.prepare<[ThreadKey], MessageStart>(
    `SELECT ${MESSAGE_START} ${bySaying} JOIN span_message ON span_message.id = asked
     WHERE thread = ? AND says > 0 AND says & ${TITLED} ORDER BY started_at, turn_id, ${traceId} LIMIT 1`,
  );
  const lastSaying = db.prepare<[ThreadKey], MessageStart & { at: Instant }>(
    `SELECT ${MESSAGE_START}, iif(answered IS NULL, started_at, coalesce(ended_at, answer_at)) AS at
     ${bySaying} JOIN span_message ON span_message.id = coalesce(answered, asked)
     WHERE thread = ? AND says > 0 ORDER BY started_at DESC, turn_id DESC, ${traceId} DESC LIMIT 1`,
  );
  const lastNaming = (column: "agent" | "model") =>
    db
      .prepare<[ThreadKey], string>(
        `SELECT ${column} FROM turn INDEXED BY turn_by_start JOIN turn_summary ON turn_summary.id = turn.id
       WHERE turn.thread = ? AND ${column} IS NOT NULL
       ORDER BY turn.started_at DESC, turn.turn_id DESC, ${traceId} DESC LIMIT 1`,
      )
      .pluck();
  const lastAgent = lastNaming("agent");
  const lastModel = lastNaming("model");

  const pending = new Map<ThreadKey, Pending>();

  function of(thread: ThreadKey): Pending {
    const known = pending.get(thread) ?? {
      sum: readSum(db, thread),
      title: false,
      last: false,
      agent: false,
      model: false,
    };
    pending.set(thread, known);
    return known;
  }

  function write(thread: ThreadKey, { sum, title, last, agent, model }: Pending): void {
    const summary = { ...sum };
    if (title) summary.title = titleOf(firstTitled.get(thread));
    if (last) {
      const message = lastSaying.get(thread);
      summary.preview = message ? previewOf(message.start) : null;
      summary.lastMessageAt = message?.at ?? null;
    }
    if (agent) summary.agent = lastAgent.get(thread) ?? null;
    if (model) summary.model = lastModel.get(thread) ?? null;
    transcripts.write(thread, OF_TURNS, summary);
  }

  return {
    /** A turn came (it was not before), changed or went (it is not any more). */
    changed(thread: ThreadKey, before: SummedTurn | undefined, after: SummedTurn | undefined): void {
      const turns = [before, after].filter((turn) => turn !== undefined);
      const says = turns.reduce((all, turn) => all | turn.says, 0);
      const names = (field: "agent" | "model") => turns.some((turn) => turn[field] !== null);
      if (says === 0 && !names("agent") && !names("model")) return;
      const known = of(thread);
      if (before) known.sum = countTurn(known.sum, counted(before), -1);
      if (after) known.sum = countTurn(known.sum, counted(after), 1);
      known.title ||= (says & TITLED) > 0;
      known.last ||= says > 0;
      known.agent ||= names("agent");
      known.model ||= names("model");
    },
    flush(): void {
      for (const [thread, known] of pending) write(thread, known);
      pending.clear();
    },
    discard: () => pending.clear(),
  };
}

function counted({ says, responseMs, agent }: SummedTurn) {
  return { asked: (says & ASKED) > 0, answered: (says & ANSWERED) > 0, responseMs, agent };
}

function titleOf(asked: MessageStart | undefined): string | null {
  return asked ? titleFrom(asked.start) : null;
}

function readSum(db: Database, thread: ThreadKey): TurnsTranscript {
  const stored = prepared<{ summary: string }>(
    db,
    `SELECT summary FROM transcript WHERE thread = ? AND source = ${OF_TURNS}`,
  ).get(thread);
  return stored ? (JSON.parse(stored.summary) as TurnsTranscript) : NO_TURNS;
}
