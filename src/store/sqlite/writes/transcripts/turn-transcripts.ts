import type { Instant } from "../../../../model/base/instant.ts";
import type { ThreadKey } from "../../../../model/traces/node.ts";
import { previewOf, titleFrom } from "../../../../model/transcripts/message-text.ts";
import type { TranscriptSummary } from "../../../../model/transcripts/transcript-summary.ts";
import { followLead, NO_LEAD, type TurnLead } from "../../../../model/transcripts/turn-lead.ts";
import {
  ANSWERED,
  ASKED,
  countTurn,
  NO_TURNS,
  TITLED,
  type TurnsTranscript,
} from "../../../../model/transcripts/turns-transcript.ts";
import type { Database } from "../../connection/database.ts";
import { MESSAGE_START } from "../../tables/message-start.ts";
import { createTranscriptRows, OF_TURNS, storedSummary } from "../../tables/transcript-rows.ts";

/** What a turn counts for in the transcript of its thread. */
export interface SummedTurn {
  turnId: string;
  startedAt: Instant;
  endedAt: Instant | null;
  says: number;
  answerAt: Instant | null;
  responseMs: number | null;
  agent: string | null;
  model: string | null;
}

type TurnTimes = Pick<SummedTurn, "startedAt" | "endedAt" | "answerAt">;

/** The starts of the texts of a turn, as far as it has any. */
export interface TurnTexts {
  asked: string | null;
  answered: string | null;
}

/** The last message of a transcript. */
interface LastMessage {
  preview: string;
  at: Instant;
}

/** Of which turns what is said of single messages is taken. */
interface Leads {
  title: TurnLead<string>;
  last: TurnLead<LastMessage>;
  agent: TurnLead<string>;
  model: TurnLead<string>;
}

const NO_LEADS: Leads = { title: NO_LEAD, last: NO_LEAD, agent: NO_LEAD, model: NO_LEAD };

/** What is stored of the transcript that a thread's turns make. */
interface StoredTranscript extends TurnsTranscript {
  leads: Leads;
}

/**
 * Keeps the transcripts that turns make: counts by what changes, and the title, the last message, the agent and the
 * model by comparing with the turns they were of; where that does not tell, by a look at the ends of an index.
 */
export function createTurnTranscripts(db: Database) {
  const transcripts = createTranscriptRows(db);
  const seek = createLeadSeek(db);
  const pending = new Map<ThreadKey, StoredTranscript>();

  function write(thread: ThreadKey, { leads: followed, ...sum }: StoredTranscript): TranscriptSummary {
    const leads: Leads = {
      title: followed.title.lost ? seek.title(thread) : followed.title,
      last: followed.last.lost ? seek.last(thread) : followed.last,
      agent: followed.agent.lost ? seek.agent(thread) : followed.agent,
      model: followed.model.lost ? seek.model(thread) : followed.model,
    };
    const last = leads.last.value;
    const summary: StoredTranscript = {
      ...sum,
      title: leads.title.value,
      preview: last?.preview ?? null,
      lastMessageAt: last?.at ?? null,
      agent: leads.agent.value,
      model: leads.model.value,
      leads,
    };
    transcripts.put(thread, OF_TURNS, summary);
    return summary;
  }

  return {
    /** A turn came (it was not before), changed or went (it is not any more). Texts are null where nobody read them. */
    changed(
      thread: ThreadKey,
      id: number,
      before: SummedTurn | undefined,
      after: SummedTurn | undefined,
      texts: TurnTexts | null,
    ): void {
      if (!isHeard(before) && !isHeard(after)) return;
      const stored = pending.get(thread) ?? readStored(db, thread);
      const without = before ? countTurn(stored, counted(before), -1) : stored;
      const sum = after ? countTurn(without, counted(after), 1) : without;
      const startOf = (turn: SummedTurn | undefined, has: (turn: SummedTurn) => boolean) =>
        turn && has(turn) ? turn.startedAt : null;
      // With another id it may have another place among turns that start with it.
      const isRenamed = before && after && before.turnId !== after.turnId;
      const change = <Value>(has: (turn: SummedTurn) => boolean, value: Value | null) => ({
        id,
        before: startOf(before, has),
        after: startOf(after, has),
        value: isRenamed ? null : value,
      });
      const { leads } = stored;
      const title = texts?.asked ? titleFrom(texts.asked) : null;
      pending.set(thread, {
        ...sum,
        leads: {
          title: followLead(
            leads.title,
            "first",
            change(({ says }) => (says & TITLED) > 0, title),
          ),
          last: followLead(
            leads.last,
            "last",
            change(({ says }) => says > 0, after && texts ? lastOf(after, texts) : null),
          ),
          agent: followLead(
            leads.agent,
            "last",
            change(({ agent }) => agent !== null, after?.agent ?? null),
          ),
          model: followLead(
            leads.model,
            "last",
            change(({ model }) => model !== null, after?.model ?? null),
          ),
        },
      });
    },
    /** Writes what changed, and returns it: in the rows of the threads it is yet to be written. */
    flush(): [ThreadKey, TranscriptSummary][] {
      const written = [...pending].map(([thread, stored]): [ThreadKey, TranscriptSummary] => [
        thread,
        write(thread, stored),
      ]);
      pending.clear();
      return written;
    },
    discard: () => pending.clear(),
  };
}

/** Whether a turn says anything, or names anybody. */
function isHeard(turn: SummedTurn | undefined): boolean {
  return turn !== undefined && (turn.says > 0 || turn.agent !== null || turn.model !== null);
}

function counted({ says, responseMs, agent }: SummedTurn) {
  return { asked: (says & ASKED) > 0, answered: (says & ANSWERED) > 0, responseMs, agent };
}

/** The last message of a turn that has one. */
function lastOf({ startedAt, endedAt, answerAt }: TurnTimes, { asked, answered }: TurnTexts): LastMessage {
  if (answered === null) return { preview: previewOf(asked ?? ""), at: startedAt };
  return { preview: previewOf(answered), at: endedAt ?? answerAt ?? startedAt };
}

function readStored(db: Database, thread: ThreadKey): StoredTranscript {
  const stored = storedSummary(db, thread, OF_TURNS);
  return stored === null ? { ...NO_TURNS, leads: NO_LEADS } : (JSON.parse(stored) as StoredTranscript);
}

interface FoundTurn extends TurnTimes {
  id: number;
  /** What it was looked for by: the start of a text, or a name. */
  found: string;
  isAnswer: number;
}

/** Makes the functions that find the turns that lead. */
function createLeadSeek(db: Database) {
  const columns = `turn_summary.id, turn_summary.started_at AS startedAt, turn_summary.ended_at AS endedAt,
    answer_at AS answerAt, answered IS NOT NULL AS isAnswer`;
  const bySaying = "FROM turn_summary INDEXED BY turn_by_saying JOIN span_message";
  const traceId = "(SELECT trace_id FROM trace WHERE trace.id = turn_summary.trace)";
  const titled = db.prepare<[ThreadKey], FoundTurn>(
    `SELECT ${MESSAGE_START} AS found, ${columns} ${bySaying} ON span_message.id = asked
     WHERE thread = ? AND says > 0 AND says & ${TITLED} ORDER BY started_at, turn_id, ${traceId} LIMIT 1`,
  );
  const saying = db.prepare<[ThreadKey], FoundTurn>(
    `SELECT ${MESSAGE_START} AS found, ${columns} ${bySaying} ON span_message.id = coalesce(answered, asked)
     WHERE thread = ? AND says > 0 ORDER BY started_at DESC, turn_id DESC, ${traceId} DESC LIMIT 1`,
  );
  const naming = (column: "agent" | "model") =>
    db.prepare<[ThreadKey], FoundTurn>(
      `SELECT ${column} AS found, ${columns}
       FROM turn INDEXED BY turn_by_start JOIN turn_summary ON turn_summary.id = turn.id
       WHERE turn.thread = ? AND ${column} IS NOT NULL
       ORDER BY turn.started_at DESC, turn.turn_id DESC, ${traceId} DESC LIMIT 1`,
    );
  const named = { agent: naming("agent"), model: naming("model") };

  function lead<Value>(
    turn: FoundTurn | undefined,
    read: (turn: FoundTurn) => Value | null,
  ): TurnLead<Value> {
    if (!turn) return NO_LEAD;
    const { id, startedAt } = turn;
    return { turn: { id, startedAt }, value: read(turn), lost: false };
  }

  return {
    title: (thread: ThreadKey) => lead(titled.get(thread), ({ found }) => titleFrom(found)),
    last: (thread: ThreadKey) =>
      lead(saying.get(thread), (turn) => {
        const { found, isAnswer } = turn;
        return lastOf(
          turn,
          isAnswer === 1 ? { asked: null, answered: found } : { asked: found, answered: null },
        );
      }),
    agent: (thread: ThreadKey) => lead(named.agent.get(thread), ({ found }) => found),
    model: (thread: ThreadKey) => lead(named.model.get(thread), ({ found }) => found),
  };
}
