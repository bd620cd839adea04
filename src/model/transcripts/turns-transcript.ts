import { compareCodePoints } from "../base/code-points.ts";
import { EMPTY_SUMMARY, type TranscriptSummary } from "./transcript-summary.ts";

/** What a turn says, a bit each. */
export const ASKED = 1;
export const ANSWERED = 2;
export const TITLED = 4;

/** What a list says of the messages of a thread's turns; the agent and the model are of the last turn that has one. */
export interface TurnsTranscript extends TranscriptSummary {
  /** How many answers each agent gave, by code points; "assistant" stands for those that nobody signed. */
  authors: [string, number][];
}

export const NO_TURNS: TurnsTranscript = { ...EMPTY_SUMMARY, authors: [] };

/** What a turn counts for. */
export interface CountedTurn {
  asked: boolean;
  answered: boolean;
  /** Of an answer; null while the turn runs. */
  responseMs: number | null;
  agent: string | null;
}

/** The sum with a turn more, or one fewer; what is taken from single turns is left as it is. */
export function countTurn(sum: TurnsTranscript, turn: CountedTurn, change: 1 | -1): TurnsTranscript {
  const users = change * Number(turn.asked);
  const answers = change * Number(turn.answered);
  const responded = turn.answered && turn.responseMs !== null;
  const authors = turn.answered ? withAuthor(sum.authors, turn.agent ?? "assistant", change) : sum.authors;
  const next = {
    ...sum,
    messages: sum.messages + users + answers,
    userMessages: sum.userMessages + users,
    assistantMessages: sum.assistantMessages + answers,
    responses: sum.responses + (responded ? change : 0),
    responseMs: sum.responseMs + (responded ? change * turn.responseMs! : 0),
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
