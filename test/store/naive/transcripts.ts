import type { PlacedTurn } from "../../../src/model/threads/turn.ts";
import type { Message, PlacedMessage } from "../../../src/model/transcripts/message.ts";
import type { NaiveRecord } from "./data.ts";
import { compareText } from "./order.ts";
import type { NaiveThread, NaiveTurn } from "./project.ts";
import { namedIn, saidBy } from "./said.ts";
import { millisecondsBetween } from "./time.ts";

/** The transcript of a thread, and whose it is. */
export interface NaiveTranscript {
  messages: PlacedMessage[];
  participants: string[];
  agent: string | null;
  model: string | null;
}

/** The messages of the first source that has any: those appended, those of the state, those of the turns. */
export function transcriptOf(
  record: NaiveRecord | undefined,
  thread: NaiveThread | undefined,
): NaiveTranscript {
  const kept = [record?.chat.messages ?? [], record?.stateMessages ?? []].find(({ length }) => length > 0);
  return kept ? transcriptOfMessages(kept) : transcriptOfTurns(thread);
}

function transcriptOfMessages(given: Message[]): NaiveTranscript {
  const messages = withResponseTimes(given).map((message, index) => ({ ...message, place: [index] }));
  const answers = messages.filter(({ role }) => role === "assistant");
  const last = (field: "agent" | "model") =>
    answers.findLast((each) => each[field] !== null)?.[field] ?? null;
  return { messages, participants: namesIn(messages), agent: last("agent"), model: last("model") };
}

function transcriptOfTurns(thread: NaiveThread | undefined): NaiveTranscript {
  const turns = turnsOf(thread);
  const messages = turns.flatMap(({ turn, shown }) => messagesOf(turn, shown));
  const last = (field: "agent" | "model") =>
    turns.findLast(({ shown }) => shown[field] !== null)?.shown[field];
  const [users, authors] = [
    namesIn(messages.filter(({ role }) => role === "user")),
    namesIn(messages.filter(({ role }) => role === "assistant")),
  ];
  return {
    messages,
    participants: [...new Set([...users, ...authors.toSorted(compareText)])],
    agent: last("agent") ?? null,
    model: last("model") ?? null,
  };
}

/** The turns of a thread in their order. */
export function turnsOf(thread: NaiveThread | undefined): { turn: NaiveTurn; shown: PlacedTurn }[] {
  const counted = new Set(thread?.countedSpans);
  const shown = (thread?.turns ?? []).map((turn) => {
    const { id, traceId, startedAt, endedAt, failed, own, spans } = turn;
    const tokens = (field: "inputTokens" | "outputTokens") =>
      spans.filter((span) => counted.has(span)).reduce((sum, span) => sum + (span[field] ?? 0), 0);
    const head = thread!.spans.find(({ span }) => span.traceId === traceId && span.spanId === id)!;
    return {
      turn,
      shown: {
        turnId: id,
        traceId,
        name: head.span.name,
        startedAt,
        endedAt,
        durationMs: endedAt === null ? null : millisecondsBetween(startedAt, endedAt),
        failed,
        agent: namedIn(own, spans, "agentName"),
        model: namedIn(own, spans, "model"),
        spanCount: spans.length,
        inputTokens: tokens("inputTokens"),
        outputTokens: tokens("outputTokens"),
        place: [startedAt, id, traceId],
      },
    };
  });
  return shown.toSorted(
    ({ shown: a }, { shown: b }) =>
      a.startedAt - b.startedAt || compareText(a.turnId, b.turnId) || compareText(a.traceId, b.traceId),
  );
}

/** The question of a turn, which is of the moment it starts, and the answer, which comes when it ends. */
function messagesOf({ own, spans }: NaiveTurn, shown: PlacedTurn): PlacedMessage[] {
  const { question, answer, answering } = saidBy(own, spans);
  const id = (role: string) => `${shown.traceId}/${shown.turnId}/${role}`;
  const nobody = { agent: null, model: null, inputTokens: null, outputTokens: null, responseTimeMs: null };
  const asked = question && {
    ...question,
    ...nobody,
    messageId: id("user"),
    createdAt: shown.startedAt,
    place: [...shown.place, 0],
  };
  const answered = answer && {
    ...answer,
    messageId: id("assistant"),
    createdAt: shown.endedAt ?? answering!.endedAt ?? answering!.startedAt,
    agent: shown.agent,
    model: shown.model,
    inputTokens: answering!.inputTokens,
    outputTokens: answering!.outputTokens,
    responseTimeMs: shown.durationMs,
    place: [...shown.place, 1],
  };
  return [asked, answered].filter((each) => each !== null);
}

/** The messages, with the response times that nobody gave measured. */
export function withResponseTimes(messages: Message[]): Message[] {
  return messages.map((message, index) => {
    const asked = messages.slice(0, index).findLast(({ role }) => role === "user");
    const isMeasured = message.role === "assistant" && asked && asked.createdAt !== message.createdAt;
    const measured = isMeasured ? millisecondsBetween(asked.createdAt, message.createdAt) : null;
    return { ...message, responseTimeMs: message.responseTimeMs ?? measured };
  });
}

function namesIn(messages: Message[]): string[] {
  const names = messages.flatMap(({ role, agent }) =>
    role === "user" ? ["user"] : role === "assistant" ? [agent ?? "assistant"] : [],
  );
  return [...new Set(names)];
}
