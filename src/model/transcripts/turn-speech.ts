import { compareCodePoints } from "../base/code-points.ts";
import type { Instant } from "../base/instant.ts";
import type { Span, SpanMessage } from "../traces/span.ts";
import { HAS_ANSWER, HAS_QUESTION, NAMES_AGENT, NAMES_MODEL, speechOf } from "../traces/speech.ts";

/** A stored turn, by what its spans are found by. */
export interface TurnName {
  /** The store's numbers for it and for its trace. */
  id: number;
  trace: number;
  turnId: string;
}

/** A span of a turn, as far as it says anything of it. */
export interface SaidSpan {
  /** By which its messages are asked for. */
  id: number;
  /** By `speechOf`. */
  says: number;
  agent: string | null;
  model: string | null;
  /** When it ended; when it started, while it runs. */
  at: Instant;
}

/** A message of a span. */
export interface SaidMessage {
  /** The store's number for it. */
  id: number;
  /** Its text, or as much of its start as titles and previews are made of. */
  text: string;
}

/**
 * Answers for the spans that are in a turn, which are in the order of their starts, then of their ids. Each answer may
 * cost a read.
 */
export interface TurnSpeech {
  /** The span whose id the turn has. */
  own(turn: TurnName): SaidSpan;
  /** The first span that says one of these things. */
  earliest(turn: TurnName, says: number): SaidSpan | null;
  latest(turn: TurnName, says: number): SaidSpan | null;
  /** The first message of a span that has this role. */
  firstMessage(span: number, role: SpanMessage["role"]): SaidMessage | null;
  lastMessage(span: number, role: SpanMessage["role"]): SaidMessage | null;
}

/** The question and the answer of a turn. */
export interface SaidInTurn {
  asked: SaidMessage | null;
  answered: SaidMessage | null;
  /** When the span ended that the answer is from; when it started, while it runs. */
  answerAt: Instant | null;
}

/**
 * What was asked in a turn and what was answered: the last user message of the span that is the turn, and its last
 * assistant message; where it has no messages at all, or the turn is several spans together, the first user message of
 * the earliest span that has one, and the last assistant message of the latest.
 *
 * @param own the span that is the turn; null where several are
 */
export function saidInTurn(turn: TurnName, own: SaidSpan | null, speech: TurnSpeech): SaidInTurn {
  const speaksForIt = own !== null && (own.says & (HAS_QUESTION | HAS_ANSWER)) > 0;
  const answering = speaksForIt ? own : speech.latest(turn, HAS_ANSWER);
  const answered = answering && speech.lastMessage(answering.id, "assistant");
  const answerAt = answered && answering!.at;
  if (speaksForIt) return { asked: speech.lastMessage(own.id, "user"), answered, answerAt };
  const asking = speech.earliest(turn, HAS_QUESTION);
  return { asked: asking && speech.firstMessage(asking.id, "user"), answered, answerAt };
}

/** The agent of a turn: as the span that is the turn says, else as the latest span that names one. */
export function agentOf(turn: TurnName, own: SaidSpan | null, speech: TurnSpeech): string | null {
  return own?.agent ?? speech.latest(turn, NAMES_AGENT)?.agent ?? null;
}

/** The model of a turn, found likewise. */
export function modelOf(turn: TurnName, own: SaidSpan | null, speech: TurnSpeech): string | null {
  return own?.model ?? speech.latest(turn, NAMES_MODEL)?.model ?? null;
}

/** A span that was not stored before, with the store's numbers for its messages. */
export interface AddedSpan {
  span: Span;
  messageRows: number[];
}

/** Answers for a turn all of whose spans have just been added, out of these. */
export function speechOfAdded(added: AddedSpan[]): TurnSpeech {
  const ordered = added.toSorted(
    ({ span: a }, { span: b }) => a.startedAt - b.startedAt || compareCodePoints(a.spanId, b.spanId),
  );
  const spans = ordered.map(({ span }, id): SaidSpan => {
    const { agentName: agent, model, endedAt, startedAt } = span;
    return { id, says: speechOf(span), agent, model, at: endedAt ?? startedAt };
  });
  const messageAt = (id: number, index: number): SaidMessage | null => {
    const { span, messageRows } = ordered[id]!;
    return index === -1 ? null : { id: messageRows[index]!, text: span.messages[index]!.text };
  };
  const messagesOf = (id: number) => ordered[id]!.span.messages;
  return {
    own: ({ turnId }) => spans[ordered.findIndex(({ span }) => span.spanId === turnId)]!,
    earliest: (_, says) => spans.find((span) => span.says & says) ?? null,
    latest: (_, says) => spans.findLast((span) => span.says & says) ?? null,
    firstMessage: (id, role) =>
      messageAt(
        id,
        messagesOf(id).findIndex((message) => message.role === role),
      ),
    lastMessage: (id, role) =>
      messageAt(
        id,
        messagesOf(id).findLastIndex((message) => message.role === role),
      ),
  };
}
