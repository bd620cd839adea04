import { compareCodePoints } from "../base/code-points.ts";
import type { Instant } from "../base/instant.ts";
import type { ThreadKey } from "../traces/node.ts";
import { type EdgeTurn, followEdge, NO_EDGE, STALE } from "./edge-turn.ts";
import { previewOf, titleFrom } from "./message-text.ts";
import { EMPTY_SUMMARY, type TranscriptSummary } from "./transcript-summary.ts";
import {
  ANSWERED,
  ASKED,
  type SummaryChange,
  TITLED,
  type TurnSummary,
  type TurnTexts,
} from "./turn-summary.ts";

/** What a list says of the messages of a thread's turns, and what is kept to follow their changes. */
export interface TurnsTranscript extends TranscriptSummary {
  /** How many answers each agent gave, by code points; "assistant" stands for those that nobody signed. */
  authors: [string, number][];
  edges: Edges;
}

/** The turns that single fields of the summary are taken from. */
interface Edges {
  /** The first turn a title can be made of. */
  title: EdgeTurn<string>;
  /** The last turn that says anything. */
  last: EdgeTurn<LastMessage>;
  /** The last turn that names one. */
  agent: EdgeTurn<string>;
  model: EdgeTurn<string>;
}

/** The last message of a transcript. */
interface LastMessage {
  preview: string;
  at: Instant;
}

/** The transcript of no turns. */
export const NO_TURNS: TurnsTranscript = {
  ...EMPTY_SUMMARY,
  authors: [],
  edges: { title: NO_EDGE, last: NO_EDGE, agent: NO_EDGE, model: NO_EDGE },
};

/** A turn that was asked for. */
export interface FoundTurn {
  id: number;
  startedAt: Instant;
  /** The name, or the start of the text, that it was asked for by. */
  found: string;
}

/** A turn that was asked for because of what it says; `found` is its answer, or its question if it has no answer. */
export interface FoundSaying extends FoundTurn, Pick<TurnSummary, "endedAt" | "answerAt"> {
  isAnswer: boolean;
}

/**
 * Answers for the turns of a thread as they are after the changes, in the order of (start, turn id, trace id). Each
 * answer may cost a read.
 */
export interface TurnEdges {
  /** The first turn that is TITLED, by its question. */
  firstTitled(thread: ThreadKey): FoundTurn | null;
  /** The last turn that says anything. */
  lastSaying(thread: ThreadKey): FoundSaying | null;
  /** The last turn that names an agent, or a model. */
  lastNaming(thread: ThreadKey, what: "agent" | "model"): FoundTurn | null;
}

/**
 * The transcript after changes of turns: counts follow from what changed, and so do the title, the last message, the
 * agent and the model as long as a comparison with the turns they are of suffices; else asks for the turns at the edge.
 */
export function followTurns(
  thread: ThreadKey,
  kept: TurnsTranscript,
  changes: SummaryChange[],
  turns: TurnEdges,
): TurnsTranscript {
  const sum = changes.reduce(countChange, kept);
  const { title, last, agent, model } = followEdges(kept.edges, changes);
  const edges: Edges = {
    title: title === STALE ? edgeOf(turns.firstTitled(thread), ({ found }) => titleFrom(found)) : title,
    last: last === STALE ? edgeOf(turns.lastSaying(thread), lastFound) : last,
    agent: agent === STALE ? edgeOf(turns.lastNaming(thread, "agent"), ({ found }) => found) : agent,
    model: model === STALE ? edgeOf(turns.lastNaming(thread, "model"), ({ found }) => found) : model,
  };
  return {
    ...sum,
    title: edges.title.value,
    preview: edges.last.value?.preview ?? null,
    lastMessageAt: edges.last.value?.at ?? null,
    agent: edges.agent.value,
    model: edges.model.value,
    edges,
  };
}

/** Whether a change of a turn, some of whose spans said so much or say it now, can change the transcript. */
export function concernsTranscript({ before, after }: SummaryChange, said: number): boolean {
  const isHeard = (turn: TurnSummary | null) =>
    turn !== null && (turn.says > 0 || turn.agent !== null || turn.model !== null);
  const hasMoved = (["turnId", "startedAt", "endedAt"] as const).some(
    (field) => before?.[field] !== after?.[field],
  );
  return (said > 0 || hasMoved) && (isHeard(before) || isHeard(after));
}

function countChange(sum: TurnsTranscript, { before, after }: SummaryChange): TurnsTranscript {
  const without = before ? countTurn(sum, before, -1) : sum;
  return after ? countTurn(without, after, 1) : without;
}

/** The sum with a turn more, or one fewer; what is taken from single turns is left as it is. */
function countTurn(sum: TurnsTranscript, turn: TurnSummary, change: 1 | -1): TurnsTranscript {
  const { says, responseMs, agent } = turn;
  const users = says & ASKED ? change : 0;
  const answers = says & ANSWERED ? change : 0;
  const isTimed = answers !== 0 && responseMs !== null;
  const authors = answers === 0 ? sum.authors : withAuthor(sum.authors, agent ?? "assistant", change);
  const next = {
    ...sum,
    messages: sum.messages + users + answers,
    userMessages: sum.userMessages + users,
    assistantMessages: sum.assistantMessages + answers,
    responses: sum.responses + (isTimed ? change : 0),
    responseMs: sum.responseMs + (isTimed ? change * responseMs : 0),
    authors,
  };
  const speaking = [...(next.userMessages > 0 ? ["user"] : []), ...authors.map(([name]) => name)];
  return { ...next, participants: [...new Set(speaking)] };
}

function withAuthor(authors: [string, number][], name: string, change: 1 | -1): [string, number][] {
  const counts = new Map(authors);
  counts.set(name, (counts.get(name) ?? 0) + change);
  return [...counts].filter(([, count]) => count > 0).toSorted(([a], [b]) => compareCodePoints(a, b));
}

type FollowedEdges = { [Field in keyof Edges]: Edges[Field] | typeof STALE };

function followEdges(kept: Edges, changes: SummaryChange[]): FollowedEdges {
  let { title, last, agent, model }: FollowedEdges = kept;
  for (const { id, before, after, texts } of changes) {
    const startOf = (turn: TurnSummary | null, has: (turn: TurnSummary) => boolean) =>
      turn !== null && has(turn) ? turn.startedAt : null;
    // With another id it may have another place among turns that start with it.
    const isRenamed = before !== null && after !== null && before.turnId !== after.turnId;
    const change = <Value>(has: (turn: TurnSummary) => boolean, value: Value | null) => ({
      id,
      before: startOf(before, has),
      after: startOf(after, has),
      value: isRenamed ? null : value,
    });
    const question = texts?.asked ? titleFrom(texts.asked) : null;
    const message = after && texts ? lastOf(after, texts) : null;
    title = followEdge(
      title,
      "first",
      change(({ says }) => (says & TITLED) > 0, question),
    );
    last = followEdge(
      last,
      "last",
      change(({ says }) => says > 0, message),
    );
    agent = followEdge(
      agent,
      "last",
      change((turn) => turn.agent !== null, after?.agent ?? null),
    );
    model = followEdge(
      model,
      "last",
      change((turn) => turn.model !== null, after?.model ?? null),
    );
  }
  return { title, last, agent, model };
}

function edgeOf<Turn extends FoundTurn, Value>(
  found: Turn | null,
  read: (turn: Turn) => Value | null,
): EdgeTurn<Value> {
  if (found === null) return NO_EDGE;
  const { id, startedAt } = found;
  return { turn: { id, startedAt }, value: read(found) };
}

function lastFound(turn: FoundSaying): LastMessage {
  const { found, isAnswer } = turn;
  return lastOf(turn, isAnswer ? { asked: null, answered: found } : { asked: found, answered: null });
}

/** The last message of a turn that has one. */
function lastOf(
  { startedAt, endedAt, answerAt }: Pick<TurnSummary, "startedAt" | "endedAt" | "answerAt">,
  { asked, answered }: TurnTexts,
): LastMessage {
  if (answered === null) return { preview: previewOf(asked ?? ""), at: startedAt };
  return { preview: previewOf(answered), at: endedAt ?? answerAt ?? startedAt };
}
