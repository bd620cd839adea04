import type { Instant } from "../base/instant.ts";
import { HAS_ANSWER, HAS_QUESTION, NAMES_AGENT, NAMES_MODEL } from "../traces/speech.ts";
import type { TurnShare } from "../traces/turn-shares.ts";
import { titleFrom } from "./message-text.ts";
import { agentOf, modelOf, saidInTurn, type TurnName, type TurnSpeech } from "./turn-speech.ts";

/** What a turn says, a bit each. */
export const ASKED = 1;
export const ANSWERED = 2;
export const TITLED = 4;

/** A turn as it is, without what its spans say. */
export interface TurnTimes {
  turnId: string;
  startedAt: Instant;
  /** Null while it runs, as is the duration. */
  endedAt: Instant | null;
  /** The duration of the turn. */
  responseMs: number | null;
}

/** What is kept of a turn: what its spans say and add up to. */
export interface TurnSummary extends TurnTimes {
  /** ASKED, ANSWERED, and TITLED where a title can be made of the question. */
  says: number;
  /** The store's numbers for the messages; null where there are none. */
  asked: number | null;
  answered: number | null;
  /** When the span ended that the answer is from; when it started, while it runs. */
  answerAt: Instant | null;
  agent: string | null;
  model: string | null;
  spanCount: number;
  inputTokens: number;
  outputTokens: number;
}

/** The starts of the texts of a turn, as far as it has any. */
export interface TurnTexts {
  asked: string | null;
  answered: string | null;
}

/** A turn that came (`before` is null), changed or went (`after` is null). */
export interface SummaryChange {
  /** The store's number for it. */
  id: number;
  before: TurnSummary | null;
  after: TurnSummary | null;
  /** Null where nobody looked at them. */
  texts: TurnTexts | null;
}

/** A summary that says nothing, of no spans. */
const SILENT = {
  says: 0,
  asked: null,
  answered: null,
  answerAt: null,
  agent: null,
  model: null,
  spanCount: 0,
  inputTokens: 0,
  outputTokens: 0,
};

/**
 * The summary of a turn after its spans changed. Asks only for what one of the changed spans had a part in; the rest is
 * as it was.
 *
 * @param isGroup whether the turn is several spans together
 */
export function summarizeTurn(
  turn: TurnName & { isGroup: boolean },
  times: TurnTimes,
  before: TurnSummary | null,
  share: TurnShare,
  speech: TurnSpeech,
): SummaryChange & { after: TurnSummary } {
  const { said } = share;
  const kept = before ?? SILENT;
  const own = said === 0 || turn.isGroup ? null : speech.own(turn);
  const messages = said & (HAS_QUESTION | HAS_ANSWER) ? saidInTurn(turn, own, speech) : null;
  const texts = messages && {
    asked: messages.asked?.text ?? null,
    answered: messages.answered?.text ?? null,
  };
  const after = {
    ...times,
    says: texts ? saysOf(texts) : kept.says,
    asked: messages ? (messages.asked?.id ?? null) : kept.asked,
    answered: messages ? (messages.answered?.id ?? null) : kept.answered,
    answerAt: messages ? messages.answerAt : kept.answerAt,
    agent: said & NAMES_AGENT ? agentOf(turn, own, speech) : kept.agent,
    model: said & NAMES_MODEL ? modelOf(turn, own, speech) : kept.model,
    spanCount: kept.spanCount + share.spanCount,
    inputTokens: kept.inputTokens + share.inputTokens,
    outputTokens: kept.outputTokens + share.outputTokens,
  };
  return { id: turn.id, before, after, texts };
}

function saysOf({ asked, answered }: TurnTexts): number {
  const isTitled = asked !== null && titleFrom(asked) !== null;
  return (asked === null ? 0 : ASKED) | (answered === null ? 0 : ANSWERED) | (isTitled ? TITLED : 0);
}
